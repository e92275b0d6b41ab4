import { EVENT_PARENTS, type EventName } from '../model/event-types.ts';
import type { EventHeader, ListenerEvent } from './events.ts';

/** A header line with the length of the payload that follows it. */
export interface Announcement {
  readonly header: EventHeader;
  /** Length of the payload, in the server's unit. */
  readonly length: number;
}

/** `name:value` words; the value may hold colons. */
function parseWords(line: string): ReadonlyMap<string, string> {
  const words = line.split(' ').filter((word) => word.includes(':'));
  return new Map(words.map((word) => [word.slice(0, word.indexOf(':')), word.slice(word.indexOf(':') + 1)]));
}

/**
 * Reads the first line of an event; its words may come in any order.
 * @throws Error for a line that is no header: from there on nothing can be told apart.
 */
export function parseHeader(line: string): Announcement {
  const words = parseWords(line);
  const eventName = words.get('eventname');
  const length = Number(words.get('len') || Number.NaN);
  if (eventName === undefined || !Number.isSafeInteger(length) || length < 0) {
    throw new Error(`cannot read event: "${line.slice(0, 200)}" is no header`);
  }
  const header: EventHeader = {
    version: words.get('ver') ?? '',
    server: words.get('server') ?? '',
    serial: Number(words.get('serial') ?? 0),
    pool: words.get('pool') ?? '',
    poolSerial: Number(words.get('poolserial') ?? 0),
    eventName,
  };
  return { header, length };
}

/** Thrown for a payload that lacks what its kind has. */
class MissingField extends Error {}

/** What the first line of a payload says, and all that follows it. */
class Payload {
  readonly #words: ReadonlyMap<string, string>;
  readonly data: string;

  constructor(text: string) {
    const end = text.indexOf('\n');
    this.#words = parseWords(end < 0 ? text : text.slice(0, end));
    this.data = end < 0 ? '' : text.slice(end + 1);
  }

  text(name: string): string {
    const value = this.#words.get(name);
    if (value === undefined) throw new MissingField(name);
    return value;
  }

  number(name: string): number {
    const value = Number(this.text(name) || Number.NaN);
    if (!Number.isFinite(value)) throw new MissingField(name);
    return value;
  }

  get process() {
    return { process: this.text('processname'), group: this.text('groupname') };
  }

  get change() {
    return { ...this.process, fromState: this.text('from_state') };
  }
}

function isEventName(name: string): name is EventName {
  return Object.hasOwn(EVENT_PARENTS, name);
}

function parseKnown(name: EventName, header: EventHeader, payload: string): ListenerEvent {
  const base = { header, payload };
  const fields = new Payload(payload);
  switch (name) {
    case 'PROCESS_STATE_STARTING':
    case 'PROCESS_STATE_BACKOFF':
      return { ...base, name, ...fields.change, tries: fields.number('tries') };
    case 'PROCESS_STATE_RUNNING':
    case 'PROCESS_STATE_STOPPING':
    case 'PROCESS_STATE_STOPPED':
      return { ...base, name, ...fields.change, pid: fields.number('pid') };
    case 'PROCESS_STATE_EXITED':
      return { ...base, name, ...fields.change, pid: fields.number('pid'), expected: fields.number('expected') !== 0 };
    case 'PROCESS_STATE_FATAL':
    case 'PROCESS_STATE_UNKNOWN':
      return { ...base, name, ...fields.change };
    case 'PROCESS_COMMUNICATION_STDOUT':
    case 'PROCESS_COMMUNICATION_STDERR':
      return { ...base, name, ...fields.process, pid: fields.number('pid'), data: fields.data };
    case 'PROCESS_LOG_STDOUT':
    case 'PROCESS_LOG_STDERR': {
      const channel = name === 'PROCESS_LOG_STDOUT' ? 'stdout' : 'stderr';
      return { ...base, name, ...fields.process, pid: fields.number('pid'), channel, data: fields.data };
    }
    case 'REMOTE_COMMUNICATION':
      return { ...base, name, ...parseRemote(payload) };
    case 'SUPERVISOR_STATE_CHANGE_RUNNING':
    case 'SUPERVISOR_STATE_CHANGE_STOPPING':
      return { ...base, name };
    case 'TICK_5':
    case 'TICK_60':
    case 'TICK_3600':
      return { ...base, name, when: fields.number('when') };
    case 'PROCESS_GROUP_ADDED':
    case 'PROCESS_GROUP_REMOVED':
      return { ...base, name, group: fields.text('groupname') };
    default:
      return { ...base, name: 'OTHER' };
  }
}

/** The type is whatever a client sent, blanks included. */
function parseRemote(payload: string): { readonly type: string; readonly data: string } {
  const [, type, data = ''] = /^type:([^\n]*)\n?([\s\S]*)$/.exec(payload) ?? [];
  if (type === undefined) throw new MissingField('type');
  return { type, data };
}

/** An event with the fields of its kind; one that lacks any of them, or that nobody knows, is OTHER. */
export function parseEvent(header: EventHeader, payload: string): ListenerEvent {
  const { eventName } = header;
  try {
    if (isEventName(eventName)) return parseKnown(eventName, header, payload);
  } catch (error) {
    if (!(error instanceof MissingField)) throw error;
  }
  return { name: 'OTHER', header, payload };
}
