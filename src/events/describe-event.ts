import type { EventName } from '../model/event-types.ts';
import type { EventRecord } from './event-records.ts';

/** An event as webhooks, commands and streams are told of it; a member that its kind does not have is left out. */
export interface EventDescription {
  readonly event: EventName;
  readonly serial: number;
  /** ISO 8601 in UTC. */
  readonly time: string;
  /** Of the daemon, from [supervisord]. */
  readonly identifier: string;
  /** Of the machine or container. */
  readonly host: string;
  readonly process?: string;
  readonly group?: string;
  readonly state?: string;
  readonly from_state?: string;
  readonly pid?: number;
  readonly tries?: number;
  readonly expected?: boolean;
  readonly channel?: string;
  readonly type?: string;
  /** Seconds since the epoch. */
  readonly when?: number;
  /** At most 16 Ki characters. */
  readonly data?: string;
}

/** What is the same for every event of a daemon. */
export interface EventOrigin {
  readonly identifier: () => string;
  readonly host: string;
  readonly renderTime: (wallMs: number) => string;
}

type Fields = Omit<EventDescription, 'event' | 'serial' | 'time' | 'identifier' | 'host'>;

/** Words of payloads by what they become. */
const WORDS: Readonly<Record<string, (value: string) => Fields>> = {
  processname: (process) => ({ process }),
  groupname: (group) => ({ group }),
  from_state: (from_state) => ({ from_state }),
  pid: (value) => ({ pid: Number(value) }),
  tries: (value) => ({ tries: Number(value) }),
  expected: (value) => ({ expected: value === '1' }),
  channel: (channel) => ({ channel }),
  when: (value) => ({ when: Number(value) }),
};

function readWord(word: string): Fields {
  const colon = word.indexOf(':');
  const name = word.slice(0, colon);
  return Object.hasOwn(WORDS, name) ? (WORDS[name]?.(word.slice(colon + 1)) ?? {}) : {};
}

const STATE_PREFIX = 'PROCESS_STATE_';
/** Kinds whose payload goes on after its first line. */
const WITH_DATA = /^(REMOTE_|PROCESS_LOG|PROCESS_COMMUNICATION)/;
const REMOTE_TYPE = 'type:';

/** What a payload says. */
export function readFields(name: EventName, payload: string): Fields {
  const end = payload.indexOf('\n');
  const head = end < 0 ? payload : payload.slice(0, end);
  const data = WITH_DATA.test(name) ? { data: end < 0 ? '' : payload.slice(end + 1) } : {};
  // The type is whatever a client sent, blanks included.
  if (name === 'REMOTE_COMMUNICATION') return { type: head.slice(REMOTE_TYPE.length), ...data };
  const state = name.startsWith(STATE_PREFIX) ? { state: name.slice(STATE_PREFIX.length) } : {};
  return Object.assign({}, ...head.split(' ').map(readWord), state, data);
}

/** The event for others than listeners. */
export function describeEvent(record: EventRecord, origin: EventOrigin): EventDescription {
  const { name, serial, timeMs, payload } = record;
  const { identifier, host, renderTime } = origin;
  return {
    event: name,
    serial,
    time: renderTime(timeMs),
    identifier: identifier(),
    host,
    ...readFields(name, payload),
  };
}
