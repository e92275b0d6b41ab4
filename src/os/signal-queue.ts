import { ownMissedSignals } from './missed-signals.ts';
import { type CatchableSignal, subscribeSignals } from './signals.ts';

/** Handles signals from the first moment on: those that come before anybody can act on them wait. */
export class SignalQueue {
  #waiting: CatchableSignal[] | null = ownMissedSignals();
  #handler: (name: CatchableSignal) => void = (name) => this.#waiting?.push(name);

  constructor(names: readonly CatchableSignal[]) {
    subscribeSignals(names, (name) => this.#handler(name));
  }

  /** From now on `handler` gets them, those that waited first. */
  deliverTo(handler: (name: CatchableSignal) => void): void {
    const waiting = this.#waiting ?? [];
    this.#waiting = null;
    this.#handler = handler;
    for (const name of waiting) handler(name);
  }
}
