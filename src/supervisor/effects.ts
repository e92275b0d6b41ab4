import { containerExitStatus, type ExitReason, shutdownMessage } from '../core/exit-decision.ts';
import type { FleetEffect } from '../core/member.ts';
import type { Effect, Input, StateChange } from '../core/process-state.ts';
import { EventPools } from '../events/pools.ts';
import { processStateEvent, renderStateChange } from '../events/process-state.ts';
import { splitNamespec } from '../model/namespec.ts';
import { createProcessSource } from '../os/family.ts';
import { ChangeListeners } from './change-listeners.ts';
import { Children, type ChildrenContext, type SignalOutcome } from './children.ts';
import { History } from './history.ts';
import { Inventory } from './inventory.ts';
import type { SupervisorContext } from './supervisor-context.ts';

/** Of each stream, for the history of a run. */
const REMEMBERED_OUTPUT_BYTES = 2048;

export interface EffectsOptions {
  readonly context: SupervisorContext;
  readonly serverUrl: string | null;
  /** Tells the fleet what came of an order, and runs what it orders then. */
  readonly feed: (id: string, input: Input) => void;
  readonly isRunning: (id: string) => boolean;
  readonly identifier: () => string;
  /** An event listener has answered or gone. */
  readonly onAnswer: () => void;
  /** Process name, for the log. */
  readonly nameOf: (id: string) => string;
  readonly policyOf: ChildrenContext['policyOf'];
  readonly onShutdownBegan: () => void;
}

/** Whom an order signals. */
function killOf(effect: FleetEffect): { id: string; pid: number }[] {
  return effect.kind === 'process' && effect.effect.kind === 'kill' ? [{ id: effect.id, pid: effect.effect.pid }] : [];
}

/** Runs the fleet's orders on real processes, and keeps all that belongs to them. */
export class Effects {
  readonly inventory: Inventory;
  readonly children: Children;
  readonly history: History;
  readonly listeners = new ChangeListeners();
  readonly pools: EventPools;
  readonly #options: EffectsOptions;

  constructor(options: EffectsOptions) {
    const { context, serverUrl } = options;
    this.#options = options;
    this.pools = new EventPools({
      subscribe: context.subscribe,
      log: context.log,
      identifier: options.identifier,
      isRunning: options.isRunning,
      onAnswer: options.onAnswer,
      write: (id, text) => this.inventory.processOf(id)?.writeStdin(text) ?? 'closed',
    });
    this.inventory = new Inventory(context, serverUrl, (group, id, channel) =>
      channel === 'stdout' ? this.pools.beginLife(group, id) : null,
    );
    const { native, log, clock, inheritedEnvironment } = context;
    this.children = new Children({
      ...{ native, log, clock, inheritedEnvironment, source: createProcessSource(native) },
      createTimer: (onDue) => context.createTimer(onDue),
      isOthers: (pid) => context.isOthers(pid),
      policyOf: options.policyOf,
    });
    this.history = new History(() => context.clock.wallMs());
  }

  /** In order; one that goes wrong costs neither the others nor the daemon. */
  run(effects: readonly FleetEffect[]): void {
    // All before the first signal, as a thousand that are dying slow everything down.
    this.#guard(() => this.children.prepareStop(effects.flatMap(killOf)));
    for (const effect of effects) this.#guard(() => this.#run(effect));
  }

  #guard(task: () => void): void {
    try {
      task();
    } catch (error) {
      const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
      this.#options.context.log('critical', `internal error: ${text}`);
    }
  }

  #run(effect: FleetEffect): void {
    const { context } = this.#options;
    if (effect.kind === 'process') this.#runOnProcess(effect.id, effect.effect);
    else if (effect.kind === 'log') context.log(effect.level, effect.text);
    else if (effect.kind === 'removed') this.#forget(effect.id);
    else if (effect.kind === 'replaced') this.inventory.replace(effect.id);
    else if (effect.kind === 'shutdownBegan') this.#beginShutdown(effect.reason);
    else context.onFinished(effect.reason, containerExitStatus(effect.reason));
  }

  #runOnProcess(id: string, effect: Effect): void {
    const name = this.#options.nameOf(id);
    if (effect.kind === 'spawn') this.#spawn(id);
    else if (effect.kind === 'kill') this.#handleSignalOutcome(id, this.children.signal({ id, name }, effect));
    else if (effect.kind === 'sweepGroup') this.#handleSignalOutcome(id, this.children.sweep({ id, name }));
    else if (effect.kind === 'closePipes') this.inventory.closePipes(id);
    else if (effect.kind === 'log') this.#options.context.log(effect.level, effect.text);
    else this.#announce(id, effect.change);
  }

  #announce(id: string, change: StateChange): void {
    const { from, state } = change;
    const { context } = this.#options;
    context.log('trace', `${id}: ${from} -> ${state}`);
    const { group, process = '' } = splitNamespec(id);
    context.emit(processStateEvent(state), () => renderStateChange(process, group, change));
    if (state === 'BACKOFF') this.history.asked(id, 'retry');
    if (state === 'EXITED') this.history.asked(id, 'autorestart');
    this.listeners.notify(id);
    this.pools.processChanged(group);
  }

  #forget(id: string): void {
    this.inventory.remove(id);
    this.history.forget(id);
    this.listeners.notify(id);
  }

  #spawn(id: string): void {
    const { feed } = this.#options;
    this.history.remember(id, this.inventory.newestOutput(id, REMEMBERED_OUTPUT_BYTES));
    this.history.starting(id);
    const outcome = this.inventory.spawn(id);
    if (outcome.ok) {
      this.children.add(outcome.pid, id);
      this.history.spawned(id, outcome.pid);
      feed(id, { kind: 'spawned', pid: outcome.pid });
    } else {
      this.history.notSpawned(id, outcome.reason);
      feed(id, { kind: 'spawnFailed', reason: outcome.reason, exitCode: outcome.exitCode });
    }
  }

  #beginShutdown(reason: ExitReason): void {
    this.#options.onShutdownBegan();
    this.#options.context.emit('SUPERVISOR_STATE_CHANGE_STOPPING', () => '');
    const message = shutdownMessage(reason);
    if (message !== null) this.#options.context.log(message.level, message.text);
  }

  #handleSignalOutcome(id: string, outcome: SignalOutcome): void {
    if (outcome.kind === 'groupGone') this.#options.feed(id, { kind: 'groupGone' });
    else if (outcome.kind === 'failed') this.#options.feed(id, { kind: 'killFailed', errno: outcome.errno });
  }
}
