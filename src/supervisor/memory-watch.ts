import type { Clock, MonotonicMs } from '../model/clock.ts';
import type { DeadlineTimer } from '../os/clock.ts';
import type { TreeMemory } from '../os/tree-memory.ts';

/** From the end of one look to the next. */
const INTERVAL_MS = 5000;

/** A measurement may take this part of the time, no more: of a large tree, the kernel walks through a lot of pages. */
const REST_FACTOR = 20;

export interface MemoryWatchContext {
  readonly clock: Pick<Clock, 'monotonicMs'>;
  createTimer(onDue: () => void): DeadlineTimer;
  /** Of each of these processes that is there, with all that it started. */
  readonly readTrees: (pids: readonly number[]) => Promise<ReadonlyMap<number, TreeMemory>>;
  /** A program is beyond its limit. Told once for each run. */
  onOver(id: string, bytes: number, limit: number): void;
}

interface Run {
  readonly id: string;
  readonly pid: number;
  readonly limit: number;
  isMeasured: boolean;
  restsUntil: MonotonicMs;
}

/** Looks after the memory of programs that have a limit, one look for all; without such programs it sleeps. */
export class MemoryWatch {
  readonly #context: MemoryWatchContext;
  readonly #timer: DeadlineTimer;
  readonly #runs = new Map<string, Run>();
  /** A look is due or under way. */
  #isOn = false;

  constructor(context: MemoryWatchContext) {
    this.#context = context;
    this.#timer = context.createTimer(() => void this.#look());
  }

  /** A run began, or its limit is another from now on. `limit`: bytes of the program with all that it started. */
  set(id: string, pid: number, limit: number): void {
    this.#runs.set(id, { id, pid, limit, isMeasured: false, restsUntil: 0 });
    if (!this.#isOn) this.#lookLater();
  }

  /** It ended, or has no limit any more. */
  clear(id: string): void {
    this.#runs.delete(id);
  }

  #lookLater(): void {
    this.#isOn = true;
    this.#timer.set(this.#context.clock.monotonicMs() + INTERVAL_MS);
  }

  async #look(): Promise<void> {
    const runs = [...this.#runs.values()];
    try {
      const trees = runs.length === 0 ? null : await this.#context.readTrees(runs.map(({ pid }) => pid));
      for (const run of runs) {
        const tree = trees?.get(run.pid);
        // Not waited for: a process whose memory the kernel has locked holds up its own measurement only.
        if (tree !== undefined && this.#isToMeasure(run, tree)) void this.#measure(run, tree);
      }
    } finally {
      this.#isOn = false;
      if (this.#runs.size > 0) this.#lookLater();
    }
  }

  #isToMeasure(run: Run, tree: TreeMemory): boolean {
    const isRested = this.#context.clock.monotonicMs() >= run.restsUntil;
    return tree.mostBytes > run.limit && !run.isMeasured && isRested && this.#isCurrent(run);
  }

  async #measure(run: Run, tree: TreeMemory): Promise<void> {
    const { clock, onOver } = this.#context;
    const since = clock.monotonicMs();
    run.isMeasured = true;
    try {
      const bytes = await tree.measure();
      if (bytes <= run.limit || !this.#isCurrent(run)) return;
      this.#runs.delete(run.id);
      onOver(run.id, bytes, run.limit);
    } finally {
      const now = clock.monotonicMs();
      run.isMeasured = false;
      run.restsUntil = now + (now - since) * REST_FACTOR;
    }
  }

  /** A run may have ended while it was looked at, and its pid may be another's. */
  #isCurrent(run: Run): boolean {
    return this.#runs.get(run.id) === run;
  }
}
