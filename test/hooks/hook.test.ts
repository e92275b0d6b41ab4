import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { EventDescription } from '../../src/events/describe-event.ts';
import { type Deliver, DeliveryError } from '../../src/hooks/delivery.ts';
import { Hook, type HookOptions } from '../../src/hooks/hook.ts';
import { FakeTimers } from '../support/fake-timers.ts';

const TIMEOUT_MS = 5000;

const event = (serial: number): EventDescription => ({
  event: 'PROCESS_STATE_FATAL',
  serial,
  time: '2026-11-21T01:02:03.000Z',
  identifier: 'supervisor',
  host: 'box',
});

const settle = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/** A hook whose tries are answered by hand. */
function bench(options: Partial<HookOptions> = {}) {
  const timers = new FakeTimers();
  const lines: string[] = [];
  const tries: { readonly serial: number; settle(error?: DeliveryError): Promise<void> }[] = [];
  const deliver: Deliver = ({ serial }, signal) =>
    new Promise((resolve, reject) => {
      signal.addEventListener('abort', () => reject(new Error('aborted')));
      tries.push({
        serial,
        settle(error) {
          if (error === undefined) resolve();
          else reject(error);
          return settle();
        },
      });
    });
  const log = (level: string, text: string) => void lines.push(`${level}: ${text}`);
  const base = { name: 'x', timeoutMs: TIMEOUT_MS, retries: 3, bufferSize: 100, deliver, log, after: timers.after };
  const hook = new Hook({ ...base, ...options });
  const said = (level: string) => lines.filter((line) => line.startsWith(level));
  return { hook, timers, tries, said, serials: () => tries.map(({ serial }) => serial) };
}

describe('a hook', () => {
  it('sends one event at a time, in order', async () => {
    const { hook, tries, serials } = bench();
    for (const serial of [1, 2, 3]) hook.push(event(serial));
    await settle();
    assert.deepEqual(serials(), [1]);
    await tries[0]?.settle();
    assert.deepEqual(serials(), [1, 2]);
    await tries[1]?.settle();
    await tries[2]?.settle();
    hook.push(event(4));
    assert.deepEqual(serials(), [1, 2, 3, 4]);
  });

  it('tries again after 1, 2 and 4 s, then gives up, says why, and goes on with the next', async () => {
    const { hook, timers, tries, said, serials } = bench();
    hook.push(event(1));
    hook.push(event(2));
    for (const delayMs of [1000, 2000, 4000]) {
      await tries.at(-1)?.settle(new DeliveryError('connect ECONNREFUSED'));
      assert.deepEqual(timers.delays, [delayMs]);
      timers.fire(delayMs);
      await settle();
    }
    assert.deepEqual(said('error'), []);
    await tries.at(-1)?.settle(new DeliveryError('connect ECONNREFUSED'));
    assert.deepEqual(serials(), [1, 1, 1, 1, 2]);
    assert.deepEqual(said('error'), [
      "error: hook 'x' cannot deliver PROCESS_STATE_FATAL (serial 1): connect ECONNREFUSED; given up after 4 tries",
    ]);
  });

  it('does not repeat what will fail again', async () => {
    const { hook, tries, said } = bench();
    hook.push(event(1));
    await tries[0]?.settle(new DeliveryError('the server answered 404', false));
    assert.match(said('error').join('\n'), /404; given up after 1 try$/);
  });

  it('ends a try that takes too long', async () => {
    const { hook, timers, said } = bench({ retries: 0 });
    hook.push(event(1));
    assert.ok(timers.fire(TIMEOUT_MS));
    await settle();
    assert.match(said('error').join('\n'), /: not done within 5 s; given up after 1 try$/);
    assert.deepEqual(timers.delays, []);
  });

  it('drops the oldest beyond its limit, and counts them', async () => {
    const { hook, tries, said, serials } = bench({ bufferSize: 2 });
    for (const serial of [1, 2, 3, 4, 5]) hook.push(event(serial));
    assert.deepEqual(said('warn'), ["warn: hook 'x' is 2 events behind: the oldest are dropped"]);
    for (let at = 0; at < 3; at++) await tries[at]?.settle();
    assert.deepEqual(serials(), [1, 4, 5]);
    assert.equal(said('warn').at(-1), "warn: hook 'x' dropped 2 events");
  });

  it('does not wait for a next try on the way out', async () => {
    const { hook, timers, tries, said, serials } = bench();
    hook.push(event(1));
    hook.push(event(2));
    await tries[0]?.settle(new DeliveryError('no'));
    const drained = hook.drain();
    await settle();
    assert.deepEqual([serials(), timers.delays], [[1, 1], [TIMEOUT_MS]]);
    await tries[1]?.settle(new DeliveryError('no'));
    await tries[2]?.settle();
    await drained;
    assert.match(said('error').join('\n'), /serial 1\): no; given up after 2 tries$/);
  });

  it('says how much is lost when it is closed, and leaves no timer', async () => {
    const { hook, timers, said, serials } = bench();
    hook.push(event(1));
    hook.push(event(2));
    hook.close();
    hook.push(event(3));
    await settle();
    assert.deepEqual(said('error'), ["error: hook 'x' ends with 2 events not delivered"]);
    assert.deepEqual([serials(), timers.delays], [[1], []]);
  });
});
