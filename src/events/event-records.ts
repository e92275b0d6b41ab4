import type { EventName } from '../model/event-types.ts';
import type { SupervisorEvent } from './bus.ts';
import { Serials } from './serials.ts';

/** An event with when it happened, and its number. */
export interface EventRecord {
  readonly name: EventName;
  readonly payload: string;
  /** From 0, one more for each event that anybody took note of. */
  readonly serial: number;
  /** Milliseconds since the epoch. */
  readonly timeMs: number;
}

/** Characters of a payload that are kept; a client may send a megabyte as REMOTE_COMMUNICATION. */
const MAX_PAYLOAD = 16_384;

/** A copy, as a slice would keep the whole text alive. */
const cut = (text: string): string =>
  text.length <= MAX_PAYLOAD ? text : Buffer.from(text.slice(0, MAX_PAYLOAD)).toString();

/** Numbers and dates events, the same for everybody who asks about the same one. */
export class EventRecords {
  readonly #known = new WeakMap<SupervisorEvent, EventRecord>();
  readonly #serials = new Serials();
  readonly #nowMs: () => number;

  /** @param nowMs milliseconds since the epoch */
  constructor(nowMs: () => number) {
    this.#nowMs = nowMs;
  }

  /** To be asked while the event happens. */
  of(event: SupervisorEvent): EventRecord {
    const known = this.#known.get(event);
    if (known !== undefined) return known;
    const { name, payload } = event;
    const record = { name, payload: cut(payload), serial: this.#serials.of(event), timeMs: this.#nowMs() };
    this.#known.set(event, record);
    return record;
  }
}
