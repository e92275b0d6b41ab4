import { containerExitStatus, type ExitReason, shutdownMessage } from '../core/exit-decision.ts';
import type { FleetEffect } from '../core/member.ts';
import type { Effect, Input, StateChange, Task } from '../core/process-state.ts';
import { EventPools } from '../events/pools.ts';
import { processStateEvent, renderStateChange } from '../events/process-state.ts';
import type { ExitStatus } from '../model/exit-status.ts';
import { splitNamespec } from '../model/namespec.ts';
import { ChangeListeners } from './change-listeners.ts';
import { Children, type SignalOutcome } from './children.ts';
import { History } from './history.ts';
import { exitEnvironment } from './hook-environment.ts';
import { Inventory } from './inventory.ts';
import type { SpawnExtras } from './managed-process.ts';
import { Readiness, type ReadinessOptions } from './readiness.ts';
import { errnoOf, type SpawnOutcome } from './spawn-command.ts';
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
  /** What a check, or a program itself, has told. */
  readonly answer: ReadinessOptions['answer'];
  /** How the program's last run ended. */
  readonly lastExitOf: (id: string) => ExitStatus | null;
  /** Process name, for the log. */
  readonly nameOf: (id: string) => string;
  readonly onShutdownBegan: () => void;
}

/** Runs the fleet's orders on real processes, and keeps all that belongs to them. */
export class Effects {
  readonly inventory: Inventory;
  readonly children: Children;
  readonly history: History;
  readonly listeners = new ChangeListeners();
  readonly pools: EventPools;
  readonly readiness: Readiness;
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
    this.children = new Children(context.native, context.log);
    this.readiness = new Readiness({
      prober: context.prober,
      log: context.log,
      configOf: (id) => this.inventory.processOf(id)?.config,
      subscribe: (id, channel, listener) =>
        this.inventory.processOf(id)?.subscribe(channel, listener) ?? (() => undefined),
      answer: options.answer,
    });
    this.history = new History(() => context.clock.wallMs());
  }

  /** In order; one that goes wrong costs neither the others nor the daemon. */
  run(effects: readonly FleetEffect[]): void {
    for (const effect of effects) {
      try {
        this.#run(effect);
      } catch (error) {
        const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
        this.#options.context.log('critical', `internal error: ${text}`);
      }
    }
  }

  #run(effect: FleetEffect): void {
    const { context } = this.#options;
    if (effect.kind === 'process') this.#runOnProcess(effect.id, effect.effect);
    else if (effect.kind === 'log') context.log(effect.level, effect.text);
    else if (effect.kind === 'ask') this.readiness.ask(effect.id, effect.check);
    else if (effect.kind === 'hush') this.readiness.hush(effect.id);
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
    else if (effect.kind === 'kill') this.#handleSignalOutcome(id, this.children.signal(name, effect));
    else if (effect.kind === 'sweepGroup') this.#handleSignalOutcome(id, this.children.sweep(name, effect.pid));
    else if (effect.kind === 'closePipes') this.#closePipes(id, effect.task);
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
    this.inventory.remove(id);
    this.history.forget(id);
    this.listeners.notify(id);
  }

  #spawn(id: string, task: Task): void {
    const { feed } = this.#options;
    const outcome = task === 'program' ? this.#spawnProgram(id) : this.#spawnHook(id, task);
    if (outcome.ok) {
      this.children.add(outcome.pid, id);
      feed(id, { kind: 'spawned', pid: outcome.pid });
    } else feed(id, { kind: 'spawnFailed', reason: outcome.reason, exitCode: outcome.exitCode });
  }

  #spawnProgram(id: string): SpawnOutcome {
    this.history.remember(id, this.inventory.newestOutput(id, REMEMBERED_OUTPUT_BYTES));
    this.history.starting(id);
    const outcome = this.#spawnReadily(id);
    this.readiness.started(id, outcome.ok);
    if (outcome.ok) this.history.spawned(id, outcome.pid);
    else this.history.notSpawned(id, outcome.reason);
    return outcome;
  }

  #spawnReadily(id: string): SpawnOutcome {
    let extras: Omit<SpawnExtras, 'stdin'>;
    try {
      extras = this.readiness.prepare(id);
    } catch (error) {
      const reason = `cannot listen for the readiness of '${this.#options.nameOf(id)}': ${errnoOf(error)}`;
      return { ok: false, reason, exitCode: 1 };
    }
    return this.inventory.spawn(id, extras);
  }

  #closePipes(id: string, task: Task): void {
    this.inventory.closePipes(id, task);
    if (task === 'program') this.readiness.ended(id);
  }

  /** The command after a program's end is told how that was. */
  #spawnHook(id: string, task: Exclude<Task, 'program'>): SpawnOutcome {
    const exit = task === 'post_stop' ? this.#options.lastExitOf(id) : null;
    return this.inventory.spawnHook(id, task, exit === null ? {} : exitEnvironment(exit));
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
