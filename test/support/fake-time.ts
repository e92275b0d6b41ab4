import type { DeadlineTimer } from '../../src/os/clock.ts';

/** A monotonic clock that is moved by hand, and the timers on it. */
export class FakeTime {
  now = 1000;
  readonly #timers: { deadline: number | null; readonly onDue: () => void }[] = [];
  readonly clock = { monotonicMs: () => this.now };

  readonly createTimer = (onDue: () => void): DeadlineTimer => {
    const timer: { deadline: number | null; readonly onDue: () => void } = { deadline: null, onDue };
    this.#timers.push(timer);
    return {
      set(deadline) {
        timer.deadline = deadline;
      },
    };
  };

  /** When the next timer is due, in milliseconds from now; null: none is armed. */
  get nextMs(): number | null {
    const armed = this.#timers.flatMap(({ deadline }) => deadline ?? []);
    return armed.length === 0 ? null : Math.min(...armed) - this.now;
  }

  advance(ms: number): void {
    this.now += ms;
    for (const timer of this.#timers) {
      if (timer.deadline === null || timer.deadline > this.now) continue;
      timer.deadline = null;
      timer.onDue();
    }
  }
}
