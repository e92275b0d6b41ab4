import process from 'node:process';
import { EVENT_PARENTS, type EventName } from '../model/event-types.ts';
import type { EventOf, ListenerEvent } from './events.ts';
import { InputReader, type LengthUnit } from './input-reader.ts';
import { parseEvent, parseHeader } from './parse-event.ts';

export type {
  AliveEvent,
  CommunicationEvent,
  EventHeader,
  EventOf,
  ExitedEvent,
  GivenUpEvent,
  GroupEvent,
  ListenerEvent,
  LogEvent,
  OtherEvent,
  RemoteEvent,
  SupervisorChangeEvent,
  TickEvent,
  TriedEvent,
} from './events.ts';
export type { EventName, LengthUnit };

/** Takes text: a writable stream of Node's, say. */
export interface TextOutput {
  write(text: string): unknown;
}

/** Where events come from and answers go to; the process's own streams unless given. */
export interface ListenOptions {
  readonly input?: AsyncIterable<Uint8Array | string>;
  readonly output?: TextOutput;
  /** Gets what handlers throw. */
  readonly errors?: TextOutput;
  /** What `len` counts: `characters` unless given, as Supervisor on Python 3 and initvisor do. */
  readonly lengthUnit?: LengthUnit;
}

/**
 * Events one after another. Asking for the next one accepts the one before; leaving the loop instead rejects it, so that
 * the daemon keeps it for the next listener.
 */
export interface EventStream extends AsyncIterable<ListenerEvent> {
  /** Rejects the event at hand: the daemon will send it again. */
  reject(): void;
}

/** What to do for which event; of an event and its parents the nearest that is named counts, `OTHER` for unknown ones. */
export type EventHandlers = {
  readonly [N in EventName | 'OTHER']?: (event: EventOf<N>) => unknown;
};

type Streams = Required<ListenOptions>;

function ownStreams(options: ListenOptions): Streams {
  const { input = process.stdin, errors = process.stderr, lengthUnit = 'characters' } = options;
  // A daemon that is gone is noticed by the end of the input; the answer that it missed is no error.
  if (options.output === undefined) process.stdout.on('error', () => undefined);
  return { input, errors, lengthUnit, output: options.output ?? process.stdout };
}

const READY = 'READY\n';
const ACCEPTED = 'RESULT 2\nOK';
const REJECTED = 'RESULT 4\nFAIL';

async function* exchange(streams: Streams, takeAnswer: () => string): AsyncGenerator<ListenerEvent, void, undefined> {
  const { input, output, lengthUnit } = streams;
  const reader = new InputReader(input);
  for (;;) {
    output.write(READY);
    const line = await reader.line();
    if (line === null) return;
    const { header, length } = parseHeader(line);
    const payload = await reader.payload(length, lengthUnit);
    if (payload === null) return;
    let answer = REJECTED;
    try {
      yield parseEvent(header, payload);
      answer = takeAnswer();
    } finally {
      output.write(answer);
    }
  }
}

function streamEvents(streams: Streams): EventStream {
  let answer = ACCEPTED;
  const events = exchange(streams, () => {
    const given = answer;
    answer = ACCEPTED;
    return given;
  });
  return {
    reject() {
      answer = REJECTED;
    },
    [Symbol.asyncIterator]: () => events,
  };
}

/** Handlers are kept by name, so what is found under a name takes its events. */
type AnyHandler = (event: ListenerEvent) => unknown;

function findHandler(handlers: ReadonlyMap<string, AnyHandler>, event: ListenerEvent): AnyHandler | undefined {
  if (event.name === 'OTHER') return handlers.get('OTHER') ?? handlers.get('EVENT');
  for (let name: EventName | null = event.name; name !== null; name = EVENT_PARENTS[name]) {
    const handler = handlers.get(name);
    if (handler !== undefined) return handler;
  }
  return undefined;
}

function isHandler(value: unknown): value is AnyHandler {
  return typeof value === 'function';
}

function describeError(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}

async function serve(handlers: EventHandlers, streams: Streams): Promise<void> {
  const byName = new Map<string, AnyHandler>();
  for (const [name, handler] of Object.entries(handlers)) if (isHandler(handler)) byName.set(name, handler);
  const events = streamEvents(streams);
  for await (const event of events) {
    try {
      await findHandler(byName, event)?.(event);
    } catch (error) {
      streams.errors.write(`cannot handle ${event.header.eventName}: ${describeError(error)}\n`);
      events.reject();
    }
  }
}

/**
 * Listens to a daemon, initvisor or supervisord, over stdin and stdout, so nothing else may write to stdout.
 * Without handlers gives the events to iterate over. With them, accepts each event once its handler is done, rejects it
 * when the handler throws, accepts those without a handler, and ends when the daemon closes the input.
 * @throws Error when what comes is no event
 */
export function listen(options?: ListenOptions): EventStream;
export function listen(handlers: EventHandlers, options?: ListenOptions): Promise<void>;
export function listen(first: EventHandlers | ListenOptions = {}, second?: ListenOptions): EventStream | Promise<void> {
  if (isHandlers(first)) return serve(first, ownStreams(second ?? {}));
  return second === undefined ? streamEvents(ownStreams(first)) : serve({}, ownStreams(second));
}

function isHandlers(value: EventHandlers | ListenOptions): value is EventHandlers {
  return Object.values(value).some(isHandler);
}
