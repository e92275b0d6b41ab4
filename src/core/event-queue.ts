/** Events that wait for a listener, oldest first; never more than the limit. Source: supervisor/process.py. */
export class EventQueue<T> {
  readonly limit: number;
  readonly #items: T[] = [];

  constructor(limit: number) {
    this.limit = limit;
  }

  get length(): number {
    return this.#items.length;
  }

  /** Appends; returns the oldest one, which had to go, undefined when there was room. */
  add(item: T): T | undefined {
    const discarded = this.#makeRoom();
    this.#items.push(item);
    return discarded;
  }

  /** Puts one back at the head: it is the next again. The one that was oldest goes when there is no room, as upstream. */
  putBack(item: T): T | undefined {
    const discarded = this.#makeRoom();
    this.#items.unshift(item);
    return discarded;
  }

  /** The oldest one, undefined when there is none. */
  take(): T | undefined {
    return this.#items.shift();
  }

  #makeRoom(): T | undefined {
    return this.#items.length >= this.limit ? this.#items.shift() : undefined;
  }
}
