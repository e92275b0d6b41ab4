import assert from 'node:assert/strict';
import { mock, test } from 'node:test';
import { createClock, createTimer, runAfter } from '../../src/os/clock.ts';

/** Timers that are mocked, on a clock that runs `skewMs` behind them for as long as that is positive. */
function setUp(): { advance(ms: number): void; due: number[]; clock: { now: number; monotonicMs(): number } } {
  mock.timers.reset();
  mock.timers.enable({ apis: ['setTimeout'] });
  const clock = { now: 1000, monotonicMs: () => clock.now };
  return {
    clock,
    due: [],
    advance(ms) {
      clock.now += ms;
      mock.timers.tick(ms);
    },
  };
}

test('the timer fires once, at its deadline', () => {
  const { clock, due, advance } = setUp();
  createTimer(clock, () => due.push(clock.now)).set(1500);
  advance(499);
  assert.deepEqual(due, []);
  advance(1);
  advance(1000);
  assert.deepEqual(due, [1500]);
});

test('a timer that comes early by Node’s rounding is armed again', () => {
  const { clock, due, advance } = setUp();
  createTimer(clock, () => due.push(clock.now)).set(1500);
  clock.now = 999.2;
  advance(500);
  assert.deepEqual(due, []);
  advance(1);
  assert.deepEqual(due, [1500.2]);
});

test('a new deadline replaces the one before, and null disarms', () => {
  const { clock, due, advance } = setUp();
  const timer = createTimer(clock, () => due.push(clock.now));
  timer.set(1500);
  timer.set(1200);
  advance(200);
  timer.set(1300);
  timer.set(null);
  advance(1000);
  assert.deepEqual(due, [1200]);
});

test('a deadline in the past fires in a later turn, not inside of set', () => {
  const { clock, due, advance } = setUp();
  createTimer(clock, () => due.push(clock.now)).set(10);
  assert.deepEqual(due, []);
  advance(1);
  assert.equal(due.length, 1);
});

test('the handler may set the next deadline', () => {
  const { clock, due, advance } = setUp();
  const timer = createTimer(clock, () => {
    due.push(clock.now);
    if (due.length < 3) timer.set(clock.now + 100);
  });
  timer.set(1100);
  for (let i = 0; i < 5; i++) advance(100);
  assert.deepEqual(due, [1100, 1200, 1300]);
});

test('a deadline beyond what a Node timer takes is reached in parts', () => {
  const { clock, due, advance } = setUp();
  const deadline = 1000 + 2 ** 31 + 5000;
  createTimer(clock, () => due.push(clock.now)).set(deadline);
  advance(2 ** 31 - 1);
  assert.deepEqual(due, []);
  advance(5001);
  assert.deepEqual(due, [deadline]);
});

test('real timers never come before their deadline', async () => {
  mock.timers.reset();
  const clock = createClock();
  for (let i = 0; i < 30; i++) {
    const deadline = clock.monotonicMs() + 1 + i / 7;
    await new Promise<void>((resolve) => createTimer(clock, resolve).set(deadline));
    assert.ok(clock.monotonicMs() >= deadline);
  }
});

test('a task runs once after its delay, unless it is taken back', () => {
  const { clock, due, advance } = setUp();
  runAfter(clock, 50, () => due.push(clock.now));
  const cancel = runAfter(clock, 50, () => due.push(0));
  cancel();
  advance(49);
  assert.deepEqual(due, []);
  advance(100);
  assert.equal(due.length, 1);
  advance(100);
  assert.equal(due.length, 1);
});

test('the wall clock counts from the epoch', () => {
  assert.ok(Math.abs(createClock().wallMs() - Date.now()) < 1000);
});
