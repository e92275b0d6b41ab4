import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { MemoryReturn } from '../../src/http/memory-return.ts';

const MB = 1024 * 1024;

function bench() {
  const state: { now: number; deadline: number | null; given: number } = { now: 0, deadline: null, given: 0 };
  let due = (): void => undefined;
  const memory = new MemoryReturn({
    clock: { monotonicMs: () => state.now },
    createTimer(onDue) {
      due = onDue;
      return {
        set(deadline) {
          state.deadline = deadline;
        },
      };
    },
    giveBack() {
      state.given += 1;
    },
  });
  const wait = () => {
    assert.ok(state.deadline !== null, 'a deadline is set');
    state.now = state.deadline;
    state.deadline = null;
    due();
  };
  return { memory, state, wait };
}

describe('memory after many answers', () => {
  it('is given back once it is quiet, and no timer is left', () => {
    const { memory, state, wait } = bench();
    for (let i = 0; i < 20; i++) memory.sent(MB);
    wait();
    assert.deepEqual([state.given, state.deadline], [1, null]);
  });

  it('is kept while as much is sent again', () => {
    const { memory, state, wait } = bench();
    memory.sent(16 * MB);
    memory.sent(20 * MB);
    wait();
    assert.equal(state.given, 0);
    wait();
    assert.equal(state.given, 1);
  });

  it('is no matter for a few small answers: nothing wakes up for them', () => {
    const { memory, state } = bench();
    for (let i = 0; i < 100; i++) memory.sent(8 * 1024);
    assert.equal(state.deadline, null);
  });
});
