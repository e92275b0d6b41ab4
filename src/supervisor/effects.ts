import { containerExitStatus, type ExitReason, shutdownMessage } from '../core/exit-decision.ts';
import type { FleetEffect } from '../core/member.ts';
import type { Effect, Input, StateChange, Task } from '../core/process-state.ts';
import { EventPools } from '../events/pools.ts';
import { processStateEvent, renderStateChange } from '../events/process-state.ts';
import { splitNamespec } from '../model/namespec.ts';
import { ChangeListeners } from './change-listeners.ts';
import type { Children, SignalOutcome } from './children.ts';
import type { History } from './history.ts';
import type { Inventory } from './inventory.ts';
import { Launcher, type LauncherOptions } from './launcher.ts';

export interface EffectsOptions extends Omit<LauncherOptions, 'openReader'> {
  /** Tells the fleet what came of an order, and runs what it orders then. */
  readonly feed: (id: string, input: Input) => void;
  readonly isRunning: (id: string) => boolean;
  readonly identifier: () => string;
  /** An event listener has answered or gone. */
  readonly onAnswer: () => void;
  /** Process name, for the log. */
  readonly nameOf: (id: string) => string;
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
  readonly #launcher: Launcher;
  readonly #options: EffectsOptions;

  constructor(options: EffectsOptions) {
    const { context } = options;
    this.#options = options;
    this.pools = new EventPools({
      subscribe: context.subscribe,
      log: context.log,
      identifier: options.identifier,
      isRunning: options.isRunning,
      onAnswer: options.onAnswer,
      write: (id, text) => this.inventory.processOf(id)?.writeStdin(text) ?? 'closed',
    });
    this.#launcher = new Launcher({
      ...options,
      openReader: (group, id, channel) => (channel === 'stdout' ? this.pools.beginLife(group, id) : null),
    });
    this.inventory = this.#launcher.inventory;
    this.children = this.#launcher.children;
    this.history = this.#launcher.history;
  }

  /** Its memory_limit may have changed while it runs. */
  watchMemory(id: string, pid: number): void {
    this.#launcher.watchMemory(id, pid);
  }

  /** In order; one that goes wrong costs neither the others nor the daemon. */
  run(effects: readonly FleetEffect[]): void {
    this.together(() => this.#runAll(effects));
  }

  /** Whatever is written to logs meanwhile is handed on at the end, all at once. */
  together(task: () => void): void {
    const { native } = this.#options.context;
    native.pumpHold(true);
    try {
      task();
    } finally {
      native.pumpHold(false);
    }
  }

  #runAll(effects: readonly FleetEffect[]): void {
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
    else if (effect.kind === 'ask') this.#launcher.readiness.ask(effect.id, effect.check);
    else if (effect.kind === 'hush') this.#launcher.readiness.hush(effect.id);
    else if (effect.kind === 'waitChanged' || effect.kind === 'checksChanged') this.listeners.notify(effect.id);
    else if (effect.kind === 'asked') this.history.asked(effect.id, effect.by);
    else if (effect.kind === 'removed') this.#forget(effect.id);
    else if (effect.kind === 'replaced') this.inventory.replace(effect.id);
    else if (effect.kind === 'shutdownBegan') this.#beginShutdown(effect.reason);
    else context.onFinished(effect.reason, containerExitStatus(effect.reason));
  }

  #runOnProcess(id: string, effect: Effect): void {
    const name = this.#options.nameOf(id);
    if (effect.kind === 'spawn') this.#spawn(id, effect.task);
    else if (effect.kind === 'kill') this.#handleSignalOutcome(id, this.children.signal({ id, name }, effect));
    else if (effect.kind === 'sweepGroup') this.#handleSignalOutcome(id, this.children.sweep({ id, name }));
    else if (effect.kind === 'closePipes') this.#launcher.closePipes(id, effect.task);
    else if (effect.kind === 'log') this.#options.context.log(effect.level, effect.text);
    else if (effect.kind === 'emit') this.#announce(id, effect.change);
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
    this.#launcher.forget(id);
    this.listeners.notify(id);
  }

  #spawn(id: string, task: Task): void {
    const outcome = this.#launcher.spawn(id, task);
    const { feed } = this.#options;
    if (outcome.ok) feed(id, { kind: 'spawned', pid: outcome.pid });
    else feed(id, { kind: 'spawnFailed', reason: outcome.reason, exitCode: outcome.exitCode });
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
