import type { EventName } from '../model/event-types.ts';
import type { EventBus } from './bus.ts';
import type { EventRecord, EventRecords } from './event-records.ts';

/** Not TICK, which would wake the daemon, nor PROCESS_LOG, which would push all else out. */
const REMEMBERED: readonly EventName[] = [
  'PROCESS_STATE',
  'PROCESS_COMMUNICATION',
  'PROCESS_GROUP',
  'SUPERVISOR_STATE_CHANGE',
  'REMOTE_COMMUNICATION',
];

const LIMIT = 200;

/** The last events, for whoever comes later. */
export class EventJournal {
  readonly #recent: EventRecord[] = [];

  constructor(subscribe: EventBus['subscribe'], records: EventRecords) {
    subscribe(REMEMBERED, (event) => {
      this.#recent.push(records.of(event));
      if (this.#recent.length > LIMIT) this.#recent.shift();
    });
  }

  /** Oldest first. */
  get recent(): readonly EventRecord[] {
    return this.#recent;
  }
}
