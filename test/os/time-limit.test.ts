import assert from 'node:assert/strict';
import { it } from 'node:test';
import { runWithin } from '../../src/os/time-limit.ts';

const LONG_MS = 60_000;

it('runs a task to its end', () => {
  const steps: number[] = [];
  assert.equal(
    runWithin(LONG_MS, () => void steps.push(1)),
    true,
  );
  assert.deepEqual(steps, [1]);
});

it('ends a task that does not, and what comes after runs as ever', () => {
  const endless = (): void => {
    for (;;);
  };
  const catastrophic = (): void => void /^(\w+\s?)*$/.test(`${'a'.repeat(50)}!`);
  for (const task of [endless, catastrophic]) assert.equal(runWithin(20, task), false);
  assert.equal(
    runWithin(LONG_MS, () => undefined),
    true,
  );
});

it('throws on what the task throws, and leaves nothing in the global object', () => {
  const before = Reflect.ownKeys(globalThis).length;
  assert.throws(
    () =>
      runWithin(LONG_MS, () => {
        throw new RangeError('mine');
      }),
    RangeError,
  );
  assert.equal(Reflect.ownKeys(globalThis).length, before);
});
