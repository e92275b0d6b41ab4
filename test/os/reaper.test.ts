import assert from 'node:assert/strict';
import { type ChildProcess, execFileSync, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { after, test } from 'node:test';
import { createReaper } from '../../src/os/reaper.ts';
import { createNativeChildren } from './native-children.ts';

const children = createNativeChildren();
const { native, run, exits } = children;
native.setChildSubreaper();

after(() => children.reaper.close());

const statuses: [string, object][] = [
  ['exit 0', { kind: 'code', code: 0 }],
  ['exit 255', { kind: 'code', code: 255 }],
  ['kill -TERM $$', { kind: 'signal', signal: 15, coreDumped: false }],
  ['kill -KILL $$', { kind: 'signal', signal: 9, coreDumped: false }],
  ['kill -40 $$', { kind: 'signal', signal: 40, coreDumped: false }],
];

for (const [script, expected] of statuses) {
  test(`"${script}" is told as ${JSON.stringify(expected)}`, async () => {
    assert.deepEqual((await run(['/bin/sh', '-c', script])).status, expected);
  });
}

test('peak memory is told when it is above this process’s own, else 0', async () => {
  const large = ['-e', `Buffer.alloc(${process.memoryUsage.rss() * 2 + 200e6}, 1)`];
  const big = native.spawn(children.request([process.execPath, ...large]));
  const small = native.spawn(children.request(['/bin/true']));
  assert.ok((await children.waitForExit(big.pid)).peakKib > 200e3);
  assert.equal((await children.waitForExit(small.pid)).peakKib, 0);
});

test('Node’s own children keep their exit events in a storm of ours and of orphans', { timeout: 60_000 }, async () => {
  const count = 500;
  const own: ChildProcess[] = [];
  const before = children.exitCount();
  // Each subshell leaves its job behind, which comes to this process, the subreaper.
  const script = `i=0; while [ $i -lt ${count} ]; do ( (exit 5) & ); i=$((i+1)); done; exit 0`;
  native.spawn(children.request(['/bin/sh', '-c', script]));
  const codes: Promise<unknown>[] = [];
  for (let i = 0; i < count; i++) {
    const child = spawn('/bin/sh', ['-c', `exit ${i % 200}`], { stdio: 'ignore' });
    own.push(child);
    codes.push(once(child, 'exit'));
    native.spawn(children.request(['/bin/true']));
    // Reaping before Node had a turn is what would take its statuses.
    if (i % 20 === 0) children.reaper.reap();
  }
  const foreign = new Set(own.map(({ pid }) => pid));
  const seen = await Promise.all(codes);
  assert.deepEqual(
    seen,
    own.map((_, i) => [i % 200, null]),
  );
  await children.waitForExitCount(before + 1 + 2 * count);
  assert.deepEqual(
    [...exits.keys()].filter((pid) => foreign.has(pid)),
    [],
  );
});

test('a child of Node’s own that has ended is left to Node, and ours behind it are taken after', {
  timeout: 60_000,
}, async () => {
  const child = spawn('/bin/sh', ['-c', 'exit 42'], { stdio: 'ignore' });
  const exit = once(child, 'exit');
  const isZombie = (): boolean => /\) Z /.test(readFileSync(`/proc/${child.pid}/stat`, 'utf8'));
  while (!isZombie());
  const { pid } = native.spawn(children.request(['/bin/sh', '-c', 'exit 43']));
  children.reaper.reap();
  assert.ok(isZombie());
  assert.deepEqual(await exit, [42, null]);
  assert.deepEqual((await children.waitForExit(pid)).status, { kind: 'code', code: 43 });
});

test('spawnSync and execFileSync get their statuses while ours end meanwhile', async () => {
  const ours = Array.from({ length: 20 }, () => native.spawn(children.request(['/bin/true'])).pid);
  for (let i = 0; i < 20; i++) assert.equal(spawnSync('/bin/sh', ['-c', `exit ${i}`]).status, i);
  assert.equal(execFileSync('/bin/echo', ['hello'], { encoding: 'utf8' }), 'hello\n');
  for (const pid of ours) await children.waitForExit(pid);
});

test('a child_process that cannot start leaves nothing in the way', async () => {
  const broken = spawn('/nonexistent');
  const [error] = await once(broken, 'error');
  assert.equal(error.code, 'ENOENT');
  const { pid } = native.spawn(children.request(['/bin/true']));
  await children.waitForExit(pid);
});

test('three thousand orphans at once are all reaped', { timeout: 60_000 }, async () => {
  const before = children.exitCount();
  const script = 'i=0; while [ $i -lt 3000 ]; do ( (exit 9) & ); i=$((i+1)); done; exit 0';
  const { pid } = native.spawn(children.request(['/bin/sh', '-c', script]));
  await children.waitForExitCount(before + 3001);
  assert.deepEqual(exits.get(pid)?.status, { kind: 'code', code: 0 });
});

test('a full batch is continued in a later turn of the loop', async () => {
  const calls: number[] = [];
  let left = 700;
  const reaped: number[] = [];
  const fake = {
    reap(out: Int32Array): number {
      const count = Math.min(left, out.length / 4);
      for (let i = 0; i < count; i++) out.set([left - i, 0, 0, 0], i * 4);
      left -= count;
      calls.push(count);
      return count;
    },
  };
  let finish = (): void => undefined;
  const done = new Promise<void>((resolve) => {
    finish = resolve;
  });
  const reaper = createReaper({
    native: fake,
    onExit: (pid) => {
      reaped.push(pid);
      if (pid === 1) finish();
    },
    onError: assert.fail,
  });
  reaper.reap();
  assert.deepEqual(calls, [256]);
  await done;
  reaper.close();
  assert.deepEqual(calls, [256, 256, 188]);
  assert.equal(new Set(reaped).size, 700);
});

test('a core dump is told apart, and a foreign child in the way makes it try again', async () => {
  const results: [number, number[]][] = [
    [-2, [7, 11, 2, 99]],
    [1, [8, 3, 0, 0]],
  ];
  const told = await new Promise<unknown[]>((resolve) => {
    const seen: unknown[] = [];
    const reaper = createReaper({
      native: {
        reap: (out) => {
          const [result, row] = results.shift() ?? [0, []];
          out.set(row);
          return result;
        },
      },
      onExit: (...exit) => {
        if (seen.push(exit) === 2) resolve(seen);
      },
      onError: assert.fail,
    });
    reaper.reap();
    after(() => reaper.close());
  });
  assert.deepEqual(told, [
    [7, { kind: 'signal', signal: 11, coreDumped: true }, 99],
    [8, { kind: 'code', code: 3 }, 0],
  ]);
});

test('what a handler throws is reported, and the others are still told', () => {
  const told: number[] = [];
  const errors: unknown[] = [];
  const rows = [1, 2, 3];
  const reaper = createReaper({
    native: { reap: (out) => rows.splice(0).map((pid, i) => out.set([pid, 0, 0, 0], i * 4)).length },
    onExit: (pid) => {
      told.push(pid);
      if (pid === 2) throw new Error('bug');
    },
    onError: (error) => errors.push(error),
  });
  reaper.reap();
  reaper.close();
  assert.deepEqual(told, [1, 2, 3]);
  assert.match(String(errors), /bug/);
});
