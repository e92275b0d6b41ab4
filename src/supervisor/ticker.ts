import { observeTicks, TICK_NAMES, type TickSlices } from '../core/ticks.ts';
import type { EventBus } from '../events/bus.ts';
import type { Clock } from '../model/clock.ts';
import type { DeadlineTimer } from '../os/clock.ts';

export interface TickerContext {
  readonly events: Pick<EventBus, 'emit' | 'isHeard' | 'onSubscriptions'>;
  readonly clock: Clock;
  createTimer(onDue: () => void): DeadlineTimer;
}

/** Emits TICK events; wakes up for nobody. */
export class Ticker {
  readonly #context: TickerContext;
  readonly #timer: DeadlineTimer;
  #slices: TickSlices = {};

  constructor(context: TickerContext) {
    this.#context = context;
    this.#timer = context.createTimer(() => this.#look());
    context.events.onSubscriptions(() => this.#look());
  }

  #look(): void {
    const { events, clock } = this.#context;
    const heard = TICK_NAMES.filter((name) => events.isHeard(name));
    const { slices, due, waitMs } = observeTicks(this.#slices, heard, clock.wallMs());
    this.#slices = slices;
    this.#timer.set(waitMs === null ? null : clock.monotonicMs() + waitMs);
    for (const { name, when } of due) events.emit(name, () => `when:${when}`);
  }
}
