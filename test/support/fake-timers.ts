/** Delayed tasks that a test runs by hand. */
export class FakeTimers {
  readonly #tasks = new Map<object, { readonly delayMs: number; readonly task: () => void }>();

  readonly after = (delayMs: number, task: () => void): (() => void) => {
    const key = {};
    this.#tasks.set(key, { delayMs, task });
    return () => void this.#tasks.delete(key);
  };

  /** Delays of what waits, in the order of arming. */
  get delays(): readonly number[] {
    return [...this.#tasks.values()].map(({ delayMs }) => delayMs);
  }

  /** Runs all that was armed with this delay; false when there was nothing. */
  fire(delayMs: number): boolean {
    const due = [...this.#tasks].filter(([, timer]) => timer.delayMs === delayMs);
    for (const [key, { task }] of due) {
      this.#tasks.delete(key);
      task();
    }
    return due.length > 0;
  }
}
