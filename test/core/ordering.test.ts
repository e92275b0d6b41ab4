import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { containerExitStatus, type ExitReason, exitReasonOf, shutdownMessage } from '../../src/core/exit-decision.ts';
import { type Ranked, startOrder, stopLayers } from '../../src/core/group-order.ts';
import { INITIAL_STATE, type ProcessState } from '../../src/core/process-state.ts';
import { restartDelayMs, retryDelayMs } from '../../src/core/restart-policy.ts';
import { layerShareMs, waitableMs } from '../../src/core/shutdown-plan.ts';
import { exitedWith, killedBy, killedForMemory } from '../../src/model/exit-status.ts';
import { POLICY } from '../support/member-specs.ts';

const rank = (id: string, groupPriority: number, priority = 999): Ranked => {
  const [group = id, name = id] = id.split(':');
  return { id, group, groupPriority, name, priority };
};

describe('the order of groups', () => {
  const members = [rank('web', 20), rank('db', 10), rank('app:b', 20, 1), rank('app:a', 20, 2), rank('log', -1)];

  it('starts by priority, then name, of the group and then of the process', () => {
    assert.deepEqual(startOrder(members), ['log', 'db', 'app:b', 'app:a', 'web']);
  });

  it('stops in layers of equal group priority, each in the reverse order of starting', () => {
    assert.deepEqual(stopLayers(members), [['web', 'app:a', 'app:b'], ['db'], ['log']]);
  });
});

describe('the budget of a shutdown', () => {
  const rows: readonly [title: string, remaining: number, wanted: number[], share: number][] = [
    ['without a budget a layer gets what it wants', Infinity, [10_000, 5000], 10_000],
    ['a budget that is large enough cuts nothing', 20_000, [10_000, 5000], 10_000],
    ['a tight budget is shared in proportion', 9000, [10_000, 5000], 6000],
    ['the last layer gets what is left', 700, [10_000], 700],
    ['an overrun budget leaves nothing', -5, [10_000], 0],
    ['layers that want nothing get nothing', 9000, [0, 0], 0],
  ];
  for (const [title, remaining, wanted, share] of rows) {
    it(title, () => assert.equal(layerShareMs(remaining, wanted), share));
  }

  it('keeps a tenth, at most a second, for the kill', () => {
    assert.deepEqual([waitableMs(8000), waitableMs(30_000), waitableMs(null)], [7200, 29_000, Infinity]);
  });
});

describe('delays before a start', () => {
  const retry = (failures: number, patch = {}, chance = 0) =>
    retryDelayMs({ ...POLICY, ...patch }, { failures, crashes: failures }, chance);

  it('grow by a second with each failure, up to the longest', () => {
    assert.deepEqual(
      [1, 2, 3].map((failures) => retry(failures)),
      [1000, 2000, 3000],
    );
    assert.equal(retry(9, { backoffMaxMs: 4000 }), 4000);
  });

  it('double with each failure, less by chance, up to the longest', () => {
    const exponential = { backoff: 'exponential', backoffMaxMs: 6000 };
    assert.deepEqual(
      [1, 2, 3, 4, 2000].map((failures) => retry(failures, exponential)),
      [1000, 2000, 4000, 6000, 6000],
    );
    assert.equal(retry(2, exponential, 1), 1500);
  });

  it('keep a second between two starts of a program that lives shorter', () => {
    assert.deepEqual(
      [0, 400, 1000, 90_000].map((uptimeMs) => restartDelayMs(POLICY, uptimeMs, 1, 0)),
      [1000, 600, 0, 0],
    );
  });
});

describe("the container's exit", () => {
  const statuses: readonly [ExitReason, number][] = [
    [{ kind: 'requested', by: 'SIGTERM' }, 0],
    [{ kind: 'main', id: 'a', status: exitedWith(0) }, 0],
    [{ kind: 'main', id: 'a', status: exitedWith(3) }, 3],
    [{ kind: 'main', id: 'a', status: killedBy(9) }, 137],
    [{ kind: 'fatal', id: 'a', status: exitedWith(4), why: '' }, 4],
    [{ kind: 'fatal', id: 'a', status: exitedWith(0), why: '' }, 1],
    [{ kind: 'fatal', id: 'a', status: killedBy(11), why: '' }, 139],
    [{ kind: 'fatal', id: 'a', status: null, why: '' }, 1],
  ];
  for (const [reason, status] of statuses) {
    it(`has status ${status} for ${JSON.stringify(reason)}`, () => assert.equal(containerExitStatus(reason), status));
  }

  it('names a program as people do when it says why it shuts down', () => {
    const texts = [
      shutdownMessage({ kind: 'fatal', id: 'web:web', status: null, why: 'no such file' }),
      shutdownMessage({ kind: 'main', id: 'jobs:first', status: killedBy(9) }),
      shutdownMessage({ kind: 'requested', by: 'SIGTERM' }),
      shutdownMessage({ kind: 'fatal', id: 'web:web', status: killedForMemory(), why: 'too quick' }),
    ].map((message) => message?.text);
    assert.deepEqual(texts, [
      'shutting down: web entered FATAL state (no such file)',
      'shutting down: the main program jobs:first has ended (terminated by SIGKILL)',
      undefined,
      'shutting down: web entered FATAL state (too quick; killed by the kernel: out of memory)',
    ]);
  });

  const fatal: ProcessState = { ...INITIAL_STATE, state: 'FATAL' };
  const exited: ProcessState = { ...INITIAL_STATE, state: 'EXITED' };
  const reasons: readonly [string, { main: boolean; exitOnFatal: boolean }, ProcessState, string | undefined][] = [
    ['a FATAL program alone is no reason', { main: false, exitOnFatal: false }, fatal, undefined],
    ['a FATAL program with exit_on_fatal is', { main: false, exitOnFatal: true }, fatal, 'fatal'],
    ['a FATAL main program is', { main: true, exitOnFatal: false }, fatal, 'fatal'],
    ['the end of the main program is', { main: true, exitOnFatal: false }, exited, 'main'],
    ['the end of another is not', { main: false, exitOnFatal: true }, exited, undefined],
    [
      'the end of a main program that comes back is not',
      { main: true, exitOnFatal: false },
      { ...exited, deadline: 5 },
      undefined,
    ],
  ];
  for (const [title, member, process, kind] of reasons) {
    it(title, () => assert.equal(exitReasonOf({ id: 'a', ...member }, process)?.kind, kind));
  }
});
