import { decodeText } from '../model/decode-text.ts';
import type { LogLevel } from '../model/log-level.ts';

export type ListenerState = 'ACKNOWLEDGED' | 'READY' | 'BUSY' | 'UNKNOWN';

/** What is known of a listener in one life of its process; replaced as a whole, never edited. */
export interface Listener {
  readonly state: ListenerState;
  /** What it wrote that decides nothing yet. */
  readonly pending: Buffer;
  /** Set between the line and the end of a result. */
  readonly body: ResultBody | null;
}

interface ResultBody {
  /** Bytes that are still to come. */
  readonly missing: number;
  /** How it begins: enough to tell OK from everything else. */
  readonly head: Buffer;
}

export type ListenerEffect =
  | { readonly kind: 'log'; readonly level: LogLevel; readonly text: string }
  /** What became of the event that it was busy with. */
  | { readonly kind: 'processed' }
  | { readonly kind: 'rejected' };

export interface ListenerStep {
  readonly next: Listener;
  readonly effects: readonly ListenerEffect[];
}

const NOTHING = Buffer.alloc(0);
const READY_TOKEN = Buffer.from('READY\n');
/** Only its length counts, as upstream: the word itself is not looked at. */
const RESULT_WORD_LENGTH = 'RESULT '.length;
const ACCEPTED = Buffer.from('OK');
/** Bytes of a result line; upstream would collect a longer one for ever. */
const MAX_LINE_LENGTH = 4096;
const NEWLINE = 10;

export const NEW_LISTENER: Listener = { state: 'ACKNOWLEDGED', pending: NOTHING, body: null };

/** The listener after an event went out to it. */
export function eventSent(listener: Listener): Listener {
  return { ...listener, state: 'BUSY', body: null };
}

/** Takes what a listener wrote to its stdout; `name` is for the log. Source: supervisor/dispatchers.py. */
export function receive(name: string, listener: Listener, data: Buffer): ListenerStep {
  const pending = listener.pending.length === 0 ? data : Buffer.concat([listener.pending, data]);
  const effects: ListenerEffect[] = [];
  let next: Listener = { ...listener, pending };
  for (let step = consume(name, next); step !== null; step = consume(name, next)) {
    effects.push(...step.effects);
    next = step.next;
  }
  return { next, effects };
}

/** What the bytes so far decide; null when that is nothing. */
function consume(name: string, listener: Listener): ListenerStep | null {
  const { state, pending, body } = listener;
  if (body !== null) return readBody(name, listener, body);
  if (pending.length === 0) return null;
  switch (state) {
    case 'UNKNOWN':
      return { next: { ...listener, pending: NOTHING }, effects: [] };
    case 'READY':
      return change(name, listener, 'UNKNOWN');
    case 'ACKNOWLEDGED':
      return acknowledged(name, listener);
    case 'BUSY':
      return readResultLine(name, listener);
  }
}

function acknowledged(name: string, listener: Listener): ListenerStep | null {
  const { pending } = listener;
  if (pending.length < READY_TOKEN.length) return null;
  if (pending.indexOf(READY_TOKEN) !== 0) return change(name, listener, 'UNKNOWN');
  return change(name, { ...listener, pending: pending.subarray(READY_TOKEN.length) }, 'READY');
}

function readResultLine(name: string, listener: Listener): ListenerStep | null {
  const { pending } = listener;
  const end = pending.indexOf(NEWLINE);
  if (end < 0 && pending.length <= MAX_LINE_LENGTH) return null;
  const line = pending.subarray(0, end < 0 ? MAX_LINE_LENGTH : end);
  const length = end < 0 ? null : parseLength(line.subarray(RESULT_WORD_LENGTH));
  if (length !== null) {
    const rest = pending.subarray(end + 1);
    return { next: { ...listener, pending: rest, body: { missing: length, head: NOTHING } }, effects: [] };
  }
  const said = warn(`${name}: bad result line: '${decodeText(line)}'`);
  const { next, effects } = change(name, listener, 'UNKNOWN');
  return { next, effects: [said, ...effects, { kind: 'rejected' }] };
}

/** What Python's int() takes, but for a negative length, on which upstream hangs itself. */
function parseLength(digits: Buffer): number | null {
  const text = digits.toString('latin1');
  return /^[ \t\v\f\r]*\+?\d+(_\d+)*[ \t\v\f\r]*$/.test(text) ? Number(text.replaceAll('_', '')) : null;
}

function readBody(name: string, listener: Listener, body: ResultBody): ListenerStep | null {
  const { pending } = listener;
  const taken = Math.min(pending.length, body.missing);
  if (taken === 0 && body.missing > 0) return null;
  // One byte more than OK tells the two apart; a longer body is not kept.
  const head = Buffer.concat([body.head, pending.subarray(0, taken)]).subarray(0, ACCEPTED.length + 1);
  const missing = body.missing - taken;
  const rest = pending.subarray(taken);
  if (missing > 0) return { next: { ...listener, pending: rest, body: { missing, head } }, effects: [] };
  const accepted = head.equals(ACCEPTED);
  const said = accepted ? debug(`${name}: event was processed`) : warn(`${name}: event was rejected`);
  const { next, effects } = change(name, { ...listener, pending: rest, body: null }, 'ACKNOWLEDGED');
  return { next, effects: [said, ...effects, { kind: accepted ? 'processed' : 'rejected' }] };
}

function change(name: string, listener: Listener, state: ListenerState): ListenerStep {
  const said = debug(`${name}: ${listener.state} -> ${state}`);
  if (state !== 'UNKNOWN') return { next: { ...listener, state }, effects: [said] };
  const why = 'this usually indicates the process violated the eventlistener protocol';
  const warning = warn(`${name}: has entered the UNKNOWN state and will no longer receive events, ${why}`);
  return { next: { state, pending: NOTHING, body: null }, effects: [said, warning] };
}

const debug = (text: string): ListenerEffect => ({ kind: 'log', level: 'debug', text });
const warn = (text: string): ListenerEffect => ({ kind: 'log', level: 'warn', text });
