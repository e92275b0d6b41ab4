import assert from 'node:assert/strict';
import { createReadStream } from 'node:fs';
import { after, test } from 'node:test';
import { sendSignal, subscribeSignals } from '../../src/os/signals.ts';
import { createNativeChildren } from './native-children.ts';

const children = createNativeChildren();
const { native } = children;
after(() => children.reaper.close());

test('a signal reaches one process, or its whole group', async () => {
  native.setChildSubreaper();
  for (const group of [false, true]) {
    const [read, write] = native.pipe(false, false);
    const script = 'sleep 300 & echo $!; wait';
    const { pid } = native.spawn(children.request(['/bin/sh', '-c', script], { fds: [-1, write, -1] }));
    native.close(write);
    const line = await firstLine(read);
    assert.equal(sendSignal(native, { pid, group }, 15), '');
    assert.deepEqual((await children.waitForExit(pid)).status, { kind: 'signal', signal: 15, coreDumped: false });
    const grandchild = { pid: Number(line), group: false };
    if (!group) assert.equal(sendSignal(native, grandchild, 9), '', 'it outlived the shell');
    const { status } = await children.waitForExit(grandchild.pid);
    assert.deepEqual(status, { kind: 'signal', signal: group ? 15 : 9, coreDumped: false });
  }
});

async function firstLine(fd: number): Promise<string> {
  const stream = createReadStream('', { fd, encoding: 'utf8' });
  for await (const chunk of stream) return String(chunk).trim();
  return assert.fail('no output');
}

test('a process that is gone is told as ESRCH, and signal 0 asks only', () => {
  assert.equal(sendSignal(native, { pid: 2 ** 22 + 1, group: false }, 0), 'ESRCH');
  assert.equal(sendSignal(native, { pid: process.pid, group: false }, 0), '');
});

for (const target of [
  { pid: 0, group: false },
  { pid: -5, group: false },
  { pid: 1, group: true },
  { pid: 0, group: true },
  { pid: Number.NaN, group: false },
  { pid: 1.5, group: false },
]) {
  test(`${JSON.stringify(target)} is never sent to, as it means other processes`, () => {
    assert.throws(() => sendSignal({ kill: () => assert.fail('sent') }, target, 15), RangeError);
  });
}

test('signals are handed to the handler by name until it lets go', async () => {
  const seen: string[] = [];
  let arrived = (): void => undefined;
  const unsubscribe = subscribeSignals(['SIGUSR2', 'SIGHUP'], (name) => {
    seen.push(name);
    arrived();
  });
  for (const name of ['SIGHUP', 'SIGUSR2'] as const) {
    const next = new Promise<void>((resolve) => {
      arrived = resolve;
    });
    const alive = setInterval(() => undefined, 60_000);
    process.kill(process.pid, name);
    await next;
    clearInterval(alive);
  }
  unsubscribe();
  assert.deepEqual(seen, ['SIGHUP', 'SIGUSR2']);
  assert.equal(process.listenerCount('SIGUSR2') + process.listenerCount('SIGHUP'), 0);
});
