import type { Clock } from '../model/clock.ts';
import { type ExitStatus, killedForMemory } from '../model/exit-status.ts';
import type { Log } from '../model/log-level.ts';
import type { ReadKillCount } from '../os/cgroup-memory.ts';
import type { DeadlineTimer } from '../os/clock.ts';
import type { OwnChildren } from '../os/own-children.ts';

const SIGKILL = 9;

/** Of several that the kernel kills at once all are counted first, and the last may take so long to be gone. */
const SETTLE_MS = 1000;

export interface MemoryKillsOptions {
  readonly findCount: () => ReadKillCount | null;
  readonly takeChild: OwnChildren['take'];
  readonly log: Log;
  readonly clock: Pick<Clock, 'monotonicMs'>;
  createTimer(onDue: () => void): DeadlineTimer;
}

/**
 * Tells a kill by the kernel for want of memory from others. The kernel only counts them, so each that is counted goes
 * to the next child of ours that ends by a SIGKILL which we did not send; those that go to none are told in the log.
 */
export class MemoryKills {
  readonly #options: MemoryKillsOptions;
  readonly #timer: DeadlineTimer;
  /** Null where there is nothing to be known. */
  #readCount: ReadKillCount | null = null;
  /** Up to here all is told. */
  #told = 0;
  #counted = 0;
  /** Those since `told` that a child of ours has answered for. */
  #claimed = 0;
  #isArmed = false;

  constructor(options: MemoryKillsOptions) {
    this.#options = options;
    this.#timer = options.createTimer(() => this.settle());
  }

  /** What was counted before is no business of this run. */
  begin(): void {
    this.#readCount = this.#options.findCount();
    this.#look();
    this.#told = this.#counted;
  }

  /** The status of a child that has been reaped, with what the kernel tells of it. To be asked once for each. */
  judge(pid: number, status: ExitStatus): ExitStatus {
    const child = this.#options.takeChild(pid);
    if (this.#readCount === null) return status;
    const isSuspect = child === 'unharmed' && status.kind === 'signal' && status.signal === SIGKILL;
    if (!isSuspect) {
      // It may have ended because the kernel killed one of its own children; once a second will do.
      if (!this.#isArmed) this.#settleLater();
      return status;
    }
    this.#look();
    this.#settleLater();
    if (this.#unclaimed === 0) return status;
    this.#claimed += 1;
    return killedForMemory();
  }

  /** Says what went to no child of ours. */
  settle(): void {
    this.#isArmed = false;
    this.#timer.set(null);
    this.#look();
    const count = this.#unclaimed;
    if (count > 0) {
      const others = this.#claimed === 0 ? '' : 'other ';
      const who = count > 1 ? `${count} ${others}processes` : others === '' ? 'a process' : 'another process';
      const change = `oom_kill of the container's cgroup went from ${this.#told} to ${this.#counted}`;
      this.#options.log('warn', `the kernel killed ${who} for memory (${change})`);
    }
    this.#told = this.#counted;
    this.#claimed = 0;
  }

  get #unclaimed(): number {
    return this.#counted - this.#told - this.#claimed;
  }

  #look(): void {
    this.#counted = Math.max(this.#counted, this.#readCount?.() ?? 0);
  }

  #settleLater(): void {
    this.#isArmed = true;
    this.#timer.set(this.#options.clock.monotonicMs() + SETTLE_MS);
  }
}
