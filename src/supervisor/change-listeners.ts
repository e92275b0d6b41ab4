/** Who wants to hear of changes of which process. */
export class ChangeListeners {
  readonly #listeners = new Map<string, Set<() => void>>();

  /** The returned function ends it. */
  add(id: string, listener: () => void): () => void {
    const known = this.#listeners.get(id) ?? new Set();
    known.add(listener);
    this.#listeners.set(id, known);
    return () => {
      known.delete(listener);
      if (known.size === 0 && this.#listeners.get(id) === known) this.#listeners.delete(id);
    };
  }

  /** Calls all of them, also those that let go meanwhile. */
  notify(id: string): void {
    for (const listener of [...(this.#listeners.get(id) ?? [])]) listener();
  }
}
