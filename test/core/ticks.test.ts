import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { observeTicks, TICK_NAMES, TICK_SECONDS, type TickName } from '../../src/core/ticks.ts';
import { EVENT_PARENTS } from '../../src/model/event-types.ts';

describe('ticks', () => {
  it('are all that Supervisor has', () => {
    const known = Object.keys(EVENT_PARENTS).filter((name) => name.startsWith('TICK_'));
    assert.deepEqual([known, Object.keys(TICK_SECONDS)], [TICK_NAMES, TICK_NAMES]);
  });

  /** Who is heard, the clock at each look in milliseconds, what ticks in the end, milliseconds until the next look. */
  const rows: readonly [readonly TickName[], readonly number[], string, number | null][] = [
    [[], [0, 5000], '', null],
    [['TICK_5'], [7300], '', 2700],
    [['TICK_5'], [7300, 9999], '', 1],
    [['TICK_5'], [7300, 10_000], 'TICK_5 10', 5000],
    [['TICK_5'], [7300, 10_004], 'TICK_5 10', 4996],
    [['TICK_5'], [7300, 31_000], 'TICK_5 30', 4000],
    [['TICK_5'], [31_000, 7300], 'TICK_5 5', 2700],
    [['TICK_60'], [7300, 10_000], '', 50_000],
    [TICK_NAMES, [3_599_999, 3_600_000], 'TICK_5 3600, TICK_60 3600, TICK_3600 3600', 5000],
    [['TICK_3600'], [1, 2], '', 3_599_998],
  ];
  for (const [heard, looks, expected, wait] of rows) {
    it(`for ${heard.join(', ') || 'nobody'} at ${looks.join(' and ')} ms: ${expected || 'none'}`, () => {
      let step = observeTicks({}, heard, looks[0] ?? 0);
      assert.deepEqual(step.due, [], 'the first look only remembers');
      for (const look of looks.slice(1)) step = observeTicks(step.slices, heard, look);
      assert.equal(step.due.map(({ name, when }) => `${name} ${when}`).join(', '), expected);
      assert.equal(step.waitMs, wait);
    });
  }

  it('begin anew for whoever was not heard for a while', () => {
    const before = observeTicks({}, ['TICK_5'], 0);
    const quiet = observeTicks(before.slices, [], 7000);
    assert.deepEqual(observeTicks(quiet.slices, ['TICK_5'], 20_000).due, []);
  });
});
