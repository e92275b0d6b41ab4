/** Starts in a row before the event loop gets a turn; a start takes about a millisecond. */
const STARTS_PER_TURN = 10;

export interface StartQueueOptions {
  readonly start: (id: string) => void;
  /** Runs `task` after the event loop has had a turn. */
  readonly defer: (task: () => void) => void;
}

/** Processes that wait for their first start: so many at once that signals still get through. */
export class StartQueue {
  readonly #options: StartQueueOptions;
  #waiting: string[] = [];

  constructor(options: StartQueueOptions) {
    this.#options = options;
  }

  /** Starts the first of them at once. */
  push(ids: readonly string[]): void {
    const wasIdle = this.#waiting.length === 0;
    this.#waiting.push(...ids);
    if (wasIdle) this.#startNext();
  }

  /** Those that wait still, all or one, are not started. */
  clear(id?: string): void {
    this.#waiting = id === undefined ? [] : this.#waiting.filter((waiting) => waiting !== id);
  }

  #startNext(): void {
    for (const id of this.#waiting.splice(0, STARTS_PER_TURN)) this.#options.start(id);
    if (this.#waiting.length > 0) this.#options.defer(() => this.#startNext());
  }
}
