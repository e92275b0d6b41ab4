import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { EventQueue } from '../../src/core/event-queue.ts';

/** All that is left, oldest first. */
function drain(queue: EventQueue<string>): string {
  let items = '';
  for (let item = queue.take(); item !== undefined; item = queue.take()) items += item;
  return items;
}

describe('the queue of a pool', () => {
  const rows: readonly [limit: number, steps: string, left: string, discarded: string][] = [
    [3, '+a +b +c', 'abc', ''],
    [3, '+a +b +c +d', 'bcd', 'a'],
    [1, '+a +b +c', 'c', 'ab'],
    [3, '+a +b <x', 'xab', ''],
    [2, '+a +b <x', 'xb', 'a'],
    [1, '+a <x', 'x', 'a'],
    [1, '<x +a', 'a', 'x'],
  ];
  for (const [limit, steps, left, expected] of rows) {
    it(`of ${limit} after ${steps} (+ at the end, < back at the head) holds ${left}`, () => {
      const queue = new EventQueue<string>(limit);
      let discarded = '';
      for (const [where, item = ''] of steps.split(' ')) {
        discarded += (where === '+' ? queue.add(item) : queue.putBack(item)) ?? '';
        assert.ok(queue.length <= limit);
      }
      assert.deepEqual([drain(queue), discarded, queue.length], [left, expected, 0]);
    });
  }
});
