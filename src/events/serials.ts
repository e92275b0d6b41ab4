import type { SupervisorEvent } from './bus.ts';

/** Numbers events from 0; those that no pool accepts get no number. */
export class Serials {
  readonly #known = new WeakMap<SupervisorEvent, number>();
  #next = 0;

  /** The same number for the same event, whichever pool asks. */
  readonly of = (event: SupervisorEvent): number => {
    const serial = this.#known.get(event) ?? this.#next++;
    this.#known.set(event, serial);
    return serial;
  };
}
