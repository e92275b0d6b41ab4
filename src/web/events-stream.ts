import { HttpError } from '../http/error-page.ts';
import type { HttpRequest } from '../http/request.ts';
import type { HttpResponse, Route } from '../http/route.ts';

export interface StreamedEvent {
  readonly name: string;
  readonly serial: number;
  /** What the client is told, on one line. */
  readonly json: string;
  /** Whether it, or what it is a kind of, is among these. */
  isOneOf(types: readonly string[]): boolean;
}

/** Where the events of a stream come from. */
export interface EventFeed {
  /** The newest that are kept in memory, oldest first. */
  recent(): readonly StreamedEvent[];
  isType(name: string): boolean;
  /** The returned function ends it. */
  subscribe(types: readonly string[], listener: (event: StreamedEvent) => void): () => void;
  /** Runs `task` once, so many milliseconds from now; the returned function takes that back. */
  after(delayMs: number, task: () => void): () => void;
}

/** Characters that a reader may be behind before it is dropped. */
const MAX_BEHIND = 256 * 1024;
/** Proxies end a connection on which nothing moves, as a rule after a minute. */
const HEARTBEAT_MS = 20_000;
const HEARTBEAT = ': still here\n\n';

const HEADERS = {
  'Content-Type': 'text/event-stream;charset=utf-8',
  'Cache-Control': 'no-store',
  // Asks nginx and its kin to pass each event on at once.
  'X-Accel-Buffering': 'no',
  'X-Content-Type-Options': 'nosniff',
};

/** Source: HTML Standard, 9.2 Server-sent events. */
const renderEvent = ({ name, serial, json }: StreamedEvent): string =>
  `event: ${name}\nid: ${serial}\ndata: ${json}\n\n`;

/** What comes from now on, until the reader goes or is too slow. */
class Reader {
  #ready: string[] = [];
  #behind = 0;
  #hasEnded = false;
  #wake: () => void = () => undefined;

  push(text: string): void {
    this.#behind += text.length;
    if (this.#behind > MAX_BEHIND) this.end();
    else this.#ready.push(text);
    this.#wake();
  }

  /** What is ready is still handed out. */
  end(): void {
    this.#hasEnded = true;
    this.#wake();
  }

  async *chunks(after: EventFeed['after']): AsyncGenerator<string> {
    while (!this.#hasEnded || this.#ready.length > 0) {
      const text = this.#ready.join('');
      this.#ready = [];
      this.#behind = 0;
      if (text !== '') yield text;
      if (this.#ready.length === 0 && !this.#hasEnded) await this.#waitForMore(after);
    }
  }

  /** A sign of life stands in for an event where none comes. */
  async #waitForMore(after: EventFeed['after']): Promise<void> {
    const disarm = after(HEARTBEAT_MS, () => this.push(HEARTBEAT));
    await new Promise<void>((resolve) => {
      this.#wake = resolve;
    });
    disarm();
  }
}

function parseTypes(feed: EventFeed, text: string | null): readonly string[] {
  const names = (text ?? 'EVENT').split(',').map((name) => name.trim().toUpperCase());
  const unknown = names.find((name) => !feed.isType(name));
  if (unknown !== undefined) throw new HttpError(400, { detail: 'There is no such type of event.' });
  return names;
}

/** Of what is remembered: all after the last that the reader has seen, or as many as it asks for. */
function selectPast(feed: EventFeed, { query, headers }: HttpRequest, types: readonly string[]): StreamedEvent[] {
  const known = feed.recent().filter((event) => event.isOneOf(types));
  const seen = headers['last-event-id'];
  if (typeof seen === 'string' && /^\d{1,15}$/.test(seen)) return known.filter(({ serial }) => serial > Number(seen));
  const count = Math.trunc(Number(query.get('past')) || 0);
  return count > 0 ? known.slice(-count) : [];
}

function stream(feed: EventFeed, request: HttpRequest): HttpResponse {
  const types = parseTypes(feed, request.query.get('types'));
  const past = selectPast(feed, request, types).map(renderEvent).join('');
  if (request.query.get('follow') === 'false') return { status: 200, headers: HEADERS, body: past };
  const reader = new Reader();
  const unsubscribe = feed.subscribe(types, (event) => reader.push(renderEvent(event)));
  request.signal.addEventListener(
    'abort',
    () => {
      unsubscribe();
      reader.end();
    },
    { once: true },
  );
  async function* chunks(): AsyncGenerator<string> {
    if (past !== '') yield past;
    yield* reader.chunks(feed.after);
    unsubscribe();
  }
  return { status: 200, headers: HEADERS, stream: chunks() };
}

/** `/events`: what happens, as server-sent events; `?types=`, `?past=N` and `?follow=false` say which. */
export function eventRoutes(feed: EventFeed): readonly Route[] {
  return [{ match: 'exact', path: '/events', methods: ['GET'], handle: async (request) => stream(feed, request) }];
}
