import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { HttpRequest } from '../../src/http/request.ts';
import type { HttpResponse } from '../../src/http/route.ts';
import { type EventFeed, eventRoutes, type StreamedEvent } from '../../src/web/events-stream.ts';
import { FakeTimers } from '../support/fake-timers.ts';

const HEARTBEAT_MS = 20_000;

const event = (serial: number, json = '{}'): StreamedEvent => ({ name: 'TICK_5', serial, json, isOneOf: () => true });

async function bench() {
  const timers = new FakeTimers();
  const listeners = new Set<(event: StreamedEvent) => void>();
  const feed: EventFeed = {
    recent: () => [],
    isType: () => true,
    subscribe(_types, listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    after: timers.after,
  };
  const abort = new AbortController();
  const request: HttpRequest = {
    ...{ method: 'GET', path: '/events', rawPath: '/events', query: new URLSearchParams(), headers: {} },
    ...{ body: async () => Buffer.alloc(0), signal: abort.signal, remote: 'localhost', isUnix: true },
  };
  const answer: HttpResponse | undefined = await eventRoutes(feed)[0]?.handle(request);
  assert.ok(answer !== undefined && 'stream' in answer);
  const chunks = answer.stream[Symbol.asyncIterator]();
  const emit = (one: StreamedEvent) => {
    for (const listener of listeners) listener(one);
  };
  return { timers, listeners, abort, chunks, emit };
}

describe('a stream of events', () => {
  it('sends what came before the first read, and then each event', async () => {
    const { chunks, emit } = await bench();
    emit(event(1));
    assert.deepEqual(await chunks.next(), { done: false, value: 'event: TICK_5\nid: 1\ndata: {}\n\n' });
    const next = chunks.next();
    emit(event(2));
    assert.deepEqual(await next, { done: false, value: 'event: TICK_5\nid: 2\ndata: {}\n\n' });
  });

  it('gives a sign of life where nothing happens, by a timer that goes with the reader', async () => {
    const { timers, chunks, abort, listeners } = await bench();
    const quiet = chunks.next();
    assert.deepEqual(timers.delays, [HEARTBEAT_MS]);
    timers.fire(HEARTBEAT_MS);
    assert.deepEqual(await quiet, { done: false, value: ': still here\n\n' });
    const last = chunks.next();
    abort.abort();
    assert.equal((await last).done, true);
    assert.deepEqual([timers.delays, listeners.size], [[], 0]);
  });

  it('ends for a reader that is too slow, and keeps nothing more for it', async () => {
    const { chunks, emit, listeners } = await bench();
    const big = 'x'.repeat(64 * 1024);
    for (let serial = 0; serial < 10; serial++) emit(event(serial, big));
    const { value } = await chunks.next();
    assert.equal(String(value).match(/^id: /gm)?.length, 3);
    assert.equal((await chunks.next()).done, true);
    assert.equal(listeners.size, 0);
  });
});
