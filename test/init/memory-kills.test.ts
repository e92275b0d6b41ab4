import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { MemoryKills } from '../../src/init/memory-kills.ts';
import { exitedWith, killedBy, killedForMemory } from '../../src/model/exit-status.ts';
import { FakeTime } from '../support/fake-time.ts';

const [OURS, ALSO_OURS, KILLED_BY_US, ORPHAN] = [11, 12, 13, 14];

/** With a counter that a test turns: null where there is none. */
function create(first: number | null) {
  const kernel = { count: first, looks: 0 };
  const told: string[] = [];
  const time = new FakeTime();
  const readCount = () => {
    kernel.looks += 1;
    return kernel.count;
  };
  const kills = new MemoryKills({
    findCount: () => (first === null ? null : readCount),
    takeChild: (pid) => (pid === ORPHAN ? null : pid === KILLED_BY_US ? 'killed' : 'unharmed'),
    log: (level, text) => told.push(`${level} ${text}`),
    clock: time.clock,
    createTimer: time.createTimer,
  });
  kills.begin();
  kernel.looks = 0;
  return { kills, kernel, told, time };
}

const SIGKILL = killedBy(9);

describe('a kill for memory', () => {
  it('is the end of a child of ours by SIGKILL when the kernel has counted one since', () => {
    const { kills, kernel, told, time } = create(3);
    kernel.count = 4;
    assert.deepEqual(kills.judge(OURS, SIGKILL), killedForMemory());
    assert.deepEqual(kills.judge(OURS, SIGKILL), SIGKILL);
    time.advance(5000);
    assert.deepEqual(told, []);
  });

  const others = [
    ['another end', OURS, exitedWith(137)],
    ['another signal', OURS, killedBy(15)],
    ['a SIGKILL of our own', KILLED_BY_US, SIGKILL],
    ['the end of an orphan, which may have been in a group that we killed', ORPHAN, SIGKILL],
  ] as const;
  for (const [what, pid, status] of others) {
    it(`is not ${what}; that there was one is told a moment later`, () => {
      const { kills, kernel, told, time } = create(1);
      kernel.count = 2;
      assert.equal(kills.judge(pid, status), status);
      assert.deepEqual(told, []);
      time.advance(time.nextMs ?? 0);
      assert.deepEqual(told, [
        "warn the kernel killed a process for memory (oom_kill of the container's cgroup went from 1 to 2)",
      ]);
      time.advance(60_000);
      assert.equal(told.length, 1);
    });
  }

  it('that was counted before we began is nobody’s', () => {
    const { kills, told } = create(7);
    assert.equal(kills.judge(OURS, SIGKILL), SIGKILL);
    kills.settle();
    assert.deepEqual(told, []);
  });

  it('goes to each of several that end, though all are counted at the first', () => {
    const { kills, kernel, told, time } = create(0);
    kernel.count = 4;
    assert.deepEqual(kills.judge(OURS, SIGKILL), killedForMemory());
    time.advance(600);
    assert.equal(kills.judge(ORPHAN, exitedWith(0)).kind, 'code');
    assert.deepEqual(kills.judge(ALSO_OURS, SIGKILL), killedForMemory());
    time.advance(600);
    assert.deepEqual(told, []);
    time.advance(400);
    assert.deepEqual(told, [
      "warn the kernel killed 2 other processes for memory (oom_kill of the container's cgroup went from 0 to 4)",
    ]);
    assert.equal(kills.judge(OURS, SIGKILL), SIGKILL);
  });

  it('that nobody has answered for is told at the end, and once', () => {
    const { kills, kernel, told, time } = create(0);
    kernel.count = 2;
    kills.settle();
    kernel.count = 4;
    assert.deepEqual(kills.judge(OURS, SIGKILL), killedForMemory());
    kills.settle();
    kills.settle();
    assert.deepEqual(told, [
      "warn the kernel killed 2 processes for memory (oom_kill of the container's cgroup went from 0 to 2)",
      "warn the kernel killed another process for memory (oom_kill of the container's cgroup went from 2 to 4)",
    ]);
    assert.equal(time.nextMs, null);
  });

  it('is looked for once a second however many end, and never while nothing ends', () => {
    const { kills, kernel, time } = create(0);
    for (let count = 0; count < 1000; count++) kills.judge(ORPHAN, exitedWith(0));
    assert.equal(kernel.looks, 0);
    time.advance(1000);
    assert.equal(kernel.looks, 1);
    assert.equal(time.nextMs, null);
  });

  it('is put off by ends that come all the time no longer than the first of them waits', () => {
    const { kills, kernel, told, time } = create(0);
    kernel.count = 1;
    for (let count = 0; count < 10; count++) {
      kills.judge(OURS, exitedWith(1));
      time.advance(100);
    }
    assert.equal(told.length, 1);
  });

  it('is nothing to wake up for where the kernel does not count', () => {
    const { kills, told, time } = create(null);
    assert.equal(kills.judge(OURS, SIGKILL), SIGKILL);
    assert.equal(time.nextMs, null);
    kills.settle();
    assert.deepEqual(told, []);
  });

  it('is not invented while the counter cannot be read, nor told twice when it can again', () => {
    const { kills, kernel, told } = create(5);
    kernel.count = null;
    assert.equal(kills.judge(OURS, SIGKILL), SIGKILL);
    kills.settle();
    kernel.count = 5;
    assert.equal(kills.judge(OURS, SIGKILL), SIGKILL);
    kills.settle();
    assert.deepEqual(told, []);
  });
});
