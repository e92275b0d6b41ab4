import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { GroupConfig } from '../../src/config/config.ts';
import { Scheduler } from '../../src/supervisor/scheduler.ts';
import { fakeConfig } from '../support/fake-facade.ts';

/** Minutes after midnight of a day in UTC. */
const clockTime = (minutes: number, seconds = 0): number => Date.UTC(2026, 10, 25, 0, minutes, seconds);

function groupOf(name: string, schedule: string | null): GroupConfig {
  const processes = [fakeConfig(name, name, { schedule })];
  return { name, priority: 999, kind: 'program', processes, fcgi: null, listener: null };
}

function bench(startMs: number) {
  let wallMs = startMs;
  let due: number | null = null;
  let onTimer = (): void => undefined;
  const started: string[] = [];
  const clock = { wallMs: () => wallMs, monotonicMs: () => wallMs - startMs };
  const scheduler = new Scheduler({
    clock,
    createTimer(onDue) {
      onTimer = onDue;
      return {
        set: (at) => {
          due = at;
        },
      };
    },
    onDue: (id) => started.push(id),
  });
  return {
    scheduler,
    started,
    /** Milliseconds until the next wake-up; null: none. */
    sleepMs: () => (due === null ? null : due - clock.monotonicMs()),
    wakeAt(ms: number) {
      wallMs = ms;
      onTimer();
    },
  };
}

describe('the scheduler', () => {
  it('wakes up for nobody where nothing has a schedule', () => {
    const { scheduler, sleepMs } = bench(clockTime(0));
    scheduler.apply({ groups: [groupOf('web', null)] });
    assert.equal(sleepMs(), null);
    assert.equal(scheduler.nextOf('web:web'), null);
  });

  it('starts each program at its times', () => {
    const { scheduler, started, sleepMs, wakeAt } = bench(clockTime(0, 50));
    scheduler.apply({ groups: [groupOf('a', '*/2 * * * *'), groupOf('b', '1 * * * *')] });
    assert.equal(sleepMs(), 10_000);
    wakeAt(clockTime(1));
    assert.deepEqual(started, ['b:b']);
    wakeAt(clockTime(2));
    assert.deepEqual(started, ['b:b', 'a:a']);
    assert.equal(scheduler.nextOf('a:a'), clockTime(4));
  });

  it('looks at the clock at least once a minute, as somebody may set it', () => {
    const { scheduler, started, sleepMs, wakeAt } = bench(clockTime(0));
    scheduler.apply({ groups: [groupOf('a', '30 * * * *')] });
    assert.equal(sleepMs(), 60_000);
    wakeAt(clockTime(40));
    assert.deepEqual(started, ['a:a']);
    wakeAt(clockTime(10));
    assert.equal(scheduler.nextOf('a:a'), clockTime(30));
  });

  it('starts a program once when several of its times have gone by', () => {
    const { scheduler, started, wakeAt } = bench(clockTime(0));
    scheduler.apply({ groups: [groupOf('a', '* * * * *')] });
    wakeAt(clockTime(9, 30));
    assert.deepEqual(started, ['a:a']);
  });

  it('takes the schedules of another configuration', () => {
    const { scheduler, started, wakeAt } = bench(clockTime(0));
    scheduler.apply({ groups: [groupOf('a', '* * * * *')] });
    scheduler.apply({ groups: [groupOf('a', null), groupOf('b', '* * * * *')] });
    wakeAt(clockTime(1));
    assert.deepEqual(started, ['b:b']);
  });
});
