import type { Task } from '../core/process-state.ts';
import type { ExitStatus } from '../model/exit-status.ts';
import { createProcessSource } from '../os/family.ts';
import { Children, type ChildrenContext } from './children.ts';
import { History } from './history.ts';
import { exitEnvironment } from './hook-environment.ts';
import { Inventory, type OpenReader } from './inventory.ts';
import type { SpawnExtras } from './managed-process.ts';
import { MemoryWatch } from './memory-watch.ts';
import { Readiness, type ReadinessOptions } from './readiness.ts';
import { errnoOf, type SpawnOutcome } from './spawn-command.ts';
import type { SupervisorContext } from './supervisor-context.ts';

/** Of each stream, for the history of a run. */
const REMEMBERED_OUTPUT_BYTES = 2048;

export interface LauncherOptions {
  readonly context: SupervisorContext;
  readonly serverUrl: string | null;
  readonly openReader: OpenReader;
  /** What a check, or a program itself, has told. */
  readonly answer: ReadinessOptions['answer'];
  /** A program with all that it started is beyond its memory_limit. Numbers are bytes. */
  readonly onOverMemory: (id: string, bytes: number, limit: number) => void;
  readonly policyOf: ChildrenContext['policyOf'];
  /** How the program's last run ended. */
  readonly lastExitOf: (id: string) => ExitStatus | null;
}

/** Starts programs and the commands around them, and lets go of what a start has opened. */
export class Launcher {
  readonly inventory: Inventory;
  readonly children: Children;
  readonly history: History;
  readonly readiness: Readiness;
  readonly #memory: MemoryWatch;
  readonly #options: LauncherOptions;

  constructor(options: LauncherOptions) {
    const { context, serverUrl, openReader, answer } = options;
    this.#options = options;
    this.inventory = new Inventory(context, serverUrl, openReader);
    const { native, log, clock, inheritedEnvironment, createTimer, isOthers } = context;
    this.children = new Children({
      ...{ native, log, clock, inheritedEnvironment, source: createProcessSource(native) },
      ...{ createTimer, isOthers, policyOf: options.policyOf },
    });
    this.history = new History(() => context.clock.wallMs());
    this.readiness = new Readiness({
      prober: context.prober,
      log: context.log,
      configOf: (id) => this.inventory.processOf(id)?.config,
      subscribe: (id, channel, listener) =>
        this.inventory.processOf(id)?.subscribe(channel, listener) ?? (() => undefined),
      answer: (id, input) => {
        // A program that says that it is ready, and is, has said so before its dependents start.
        this.inventory.processOf(id)?.takeOutput();
        answer(id, input);
      },
    });
    this.#memory = new MemoryWatch({
      clock: context.clock,
      createTimer: context.createTimer,
      readTrees: context.readTrees,
      onOver: options.onOverMemory,
    });
  }

  spawn(id: string, task: Task): SpawnOutcome {
    const outcome = task === 'program' ? this.#spawnProgram(id) : this.#spawnHook(id, task);
    if (outcome.ok) this.children.add(outcome.pid, id);
    return outcome;
  }

  closePipes(id: string, task: Task): void {
    this.inventory.closePipes(id, task);
    if (task === 'program') this.#ended(id);
  }

  /** Of a program that runs, as its configuration has it now. */
  watchMemory(id: string, pid: number): void {
    const limit = this.inventory.processOf(id)?.config.memory_limit ?? null;
    if (limit === null) this.#memory.clear(id);
    else this.#memory.set(id, pid, limit);
  }

  /** The process is gone for good. */
  forget(id: string): void {
    this.#ended(id);
    this.inventory.remove(id);
    this.history.forget(id);
  }

  #ended(id: string): void {
    this.readiness.ended(id);
    this.#memory.clear(id);
  }

  #spawnProgram(id: string): SpawnOutcome {
    this.history.remember(id, this.inventory.newestOutput(id, REMEMBERED_OUTPUT_BYTES));
    this.history.starting(id);
    const outcome = this.#spawnReadily(id);
    this.readiness.started(id, outcome.ok ? outcome.pid : null);
    if (outcome.ok) {
      this.history.spawned(id, outcome.pid);
      this.watchMemory(id, outcome.pid);
    } else this.history.notSpawned(id, outcome.reason);
    return outcome;
  }

  #spawnReadily(id: string): SpawnOutcome {
    let extras: Omit<SpawnExtras, 'stdin'>;
    try {
      extras = this.readiness.prepare(id);
    } catch (error) {
      return { ok: false, reason: `cannot listen for the readiness of '${id}': ${errnoOf(error)}`, exitCode: 1 };
    }
    return this.inventory.spawn(id, extras);
  }

  /** The command after a program's end is told how that was. */
  #spawnHook(id: string, task: Exclude<Task, 'program'>): SpawnOutcome {
    const exit = task === 'post_stop' ? this.#options.lastExitOf(id) : null;
    return this.inventory.spawnHook(id, task, exit === null ? {} : exitEnvironment(exit));
  }
}
