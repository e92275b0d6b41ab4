import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { EventBus } from '../../src/events/bus.ts';
import { Ticker } from '../../src/supervisor/ticker.ts';

/** A ticker whose time is moved by hand. */
function create(wallMs: number) {
  const time = { wallMs, monotonicMs: 50 };
  const bus = new EventBus(assert.ifError);
  const timer: { deadline: number | null; onDue: () => void } = { deadline: null, onDue: assert.fail };
  new Ticker({
    events: bus,
    clock: { wallMs: () => time.wallMs, monotonicMs: () => time.monotonicMs },
    createTimer: (onDue) => {
      timer.onDue = onDue;
      const set = (deadline: number | null) => {
        timer.deadline = deadline;
      };
      return { set };
    },
  });
  const advance = (ms: number, wall = ms) => {
    time.wallMs += wall;
    time.monotonicMs += ms;
    if (timer.deadline === null || time.monotonicMs < timer.deadline) return;
    timer.deadline = null;
    timer.onDue();
  };
  return { bus, advance, deadline: () => timer.deadline };
}

describe('the ticker', () => {
  it('wakes up for nobody, and no longer once the last listener has gone', () => {
    const { bus, deadline } = create(7000);
    bus.subscribe(['PROCESS_STATE'], () => undefined);
    assert.equal(deadline(), null);
    const end = bus.subscribe(['TICK_60'], () => undefined);
    assert.equal(deadline(), 50 + 53_000);
    const endAll = bus.subscribe(['EVENT'], () => undefined);
    assert.equal(deadline(), 50 + 3000);
    endAll();
    assert.equal(deadline(), 50 + 53_000);
    end();
    assert.equal(deadline(), null);
  });

  it('ticks at each multiple of the period, of a clock that was set too', () => {
    const { bus, advance } = create(7000);
    const heard: string[] = [];
    bus.subscribe(['TICK'], ({ name, payload }) => heard.push(`${name} ${payload}`));
    advance(2999);
    assert.deepEqual(heard, []);
    advance(1);
    advance(5000);
    advance(5000, 3_600_000);
    assert.deepEqual(heard, [
      'TICK_5 when:10',
      'TICK_5 when:15',
      'TICK_5 when:3615',
      'TICK_60 when:3600',
      'TICK_3600 when:3600',
    ]);
  });
});
