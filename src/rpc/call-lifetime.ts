/** Thrown where a call waits whose client went away; nobody reads it. */
export class CallAborted extends Error {
  constructor() {
    super('the client went away');
    this.name = 'CallAborted';
  }
}

/** One call's life: whatever waits for its sake is told when its client goes away. */
export class CallLifetime {
  readonly #waits = new Set<() => void>();
  #isOver = false;

  /** Runs `onAbort` once, at once if it is over already; the returned function takes that back. */
  onAbort(onAbort: () => void): () => void {
    if (this.#isOver) onAbort();
    else this.#waits.add(onAbort);
    return () => this.#waits.delete(onAbort);
  }

  abort(): void {
    this.#isOver = true;
    const waits = [...this.#waits];
    this.#waits.clear();
    for (const onAbort of waits) onAbort();
  }
}

/** A lifetime that ends with `signal`, and how to let go of that signal. */
export function lifetimeOf(signal: AbortSignal | undefined): { lifetime: CallLifetime; release: () => void } {
  const lifetime = new CallLifetime();
  if (signal === undefined) return { lifetime, release: () => undefined };
  const onAbort = () => lifetime.abort();
  if (signal.aborted) onAbort();
  else signal.addEventListener('abort', onAbort, { once: true });
  return { lifetime, release: () => signal.removeEventListener('abort', onAbort) };
}
