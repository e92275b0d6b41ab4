import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, it, type TestContext } from 'node:test';
import { loadNative } from '../../src/os/native.ts';
import { missing } from '../support/requirements.ts';
import { waitFor } from '../support/wait-for.ts';
import { distDirectory, NOBODY } from './native-children.ts';

const native = loadNative(distDirectory);
const folder = mkdtempSync(join(tmpdir(), 'initvisor-datagram-'));
after(() => rmSync(folder, { recursive: true }));

const openDescriptors = (): readonly string[] => readdirSync('/proc/self/fd');

let nextName = 0;
const abstractName = () => `@initvisor-test-${process.pid}-${nextName++}`;

function bind(t: TestContext, address: string): number {
  const fd = native.bindDatagram(address);
  t.after(() => native.close(fd));
  return fd;
}

const addon = join(distDirectory, readdirSync(distDirectory).find((name) => name.endsWith('.node')) ?? '');

const withAddon = (body: string): string => `
  const addon = { exports: {} };
  process.dlopen(addon, ${JSON.stringify(addon)});
  const { pipe, close, watchReadable } = addon.exports;
  ${body}`;

/** In a process of its own, with some calls of the addon at hand. */
async function runScript(body: string): Promise<{ readonly status: unknown; readonly signal: unknown }> {
  const child = spawn(process.execPath, ['-e', withAddon(body)], { stdio: ['ignore', 'inherit', 'inherit'] });
  const [status, signal] = await once(child, 'close');
  return { status, signal };
}

/** Sends from a process of its own; `descriptors` many copies of its stdin go along. Returns its pid. */
async function send(address: string, text: string, descriptors = 0, uid?: number): Promise<number> {
  const source = `
import array, socket, sys
s = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
a = sys.argv[1]
fds = array.array("i", [0] * int(sys.argv[3]))
s.sendmsg([sys.argv[2].encode()], [(socket.SOL_SOCKET, socket.SCM_RIGHTS, fds)] if fds else [], 0, ("\\0" + a[1:]) if a[0] == "@" else a)`;
  const user = uid === undefined ? {} : { uid, gid: uid };
  const args = ['-c', source, address, text, String(descriptors)];
  const child = spawn('/usr/bin/python3', args, { ...user, stdio: ['ignore', 'inherit', 'inherit'] });
  assert.deepEqual(await once(child, 'close'), [0, null]);
  return child.pid ?? 0;
}

describe('a socket for datagrams', { skip: missing('python3') }, () => {
  it('hears from a path and from an abstract name, and who it was', async (t) => {
    for (const address of [join(folder, 'path'), abstractName()]) {
      const fd = bind(t, address);
      assert.equal(native.receiveDatagram(fd), null);
      const pid = await send(address, 'READY=1');
      const expected = { data: Buffer.from('READY=1'), truncated: false, pid, uid: process.getuid?.() };
      assert.deepEqual(native.receiveDatagram(fd), expected);
      assert.equal(native.receiveDatagram(fd), null);
    }
  });

  it('tells one user from another', { skip: missing('root') }, async (t) => {
    const address = abstractName();
    const fd = bind(t, address);
    await send(address, 'x', 0, NOBODY);
    assert.equal(native.receiveDatagram(fd)?.uid, NOBODY);
  });

  it('keeps no descriptor that is sent along', async (t) => {
    const address = abstractName();
    const fd = bind(t, address);
    const before = openDescriptors();
    for (const count of [1, 2, 250]) {
      await send(address, 'FDSTORE=1', count);
      const { data, pid } = native.receiveDatagram(fd) ?? {};
      assert.equal(data?.toString(), 'FDSTORE=1');
      assert.notEqual(pid, 0);
    }
    assert.deepEqual(openDescriptors(), before);
  });

  it('tells that a datagram is longer than what it gives', async (t) => {
    const address = abstractName();
    const fd = bind(t, address);
    for (const [sent, length, truncated] of [
      [4096, 4096, false],
      [4097, 4096, true],
      [60_000, 4096, true],
      [0, 0, false],
    ] as const) {
      await send(address, 'x'.repeat(sent));
      const datagram = native.receiveDatagram(fd);
      assert.deepEqual([datagram?.data.length, datagram?.truncated], [length, truncated]);
    }
  });

  it('is refused with the name of the error, and no descriptor is left', () => {
    const address = abstractName();
    const fd = native.bindDatagram(address);
    const before = openDescriptors();
    assert.throws(() => native.bindDatagram(address), { code: 'EADDRINUSE', syscall: 'bind' });
    assert.throws(() => native.bindDatagram('/nonexistent/socket'), { code: 'ENOENT', syscall: 'bind' });
    assert.throws(() => native.bindDatagram('x'.repeat(108)), { code: 'ENAMETOOLONG', syscall: 'bind' });
    assert.throws(() => native.bindDatagram(''), { code: 'EINVAL', syscall: 'bind' });
    assert.throws(() => native.bindDatagram('a\0b'), TypeError);
    assert.throws(() => native.bindDatagram(1 as unknown as string), TypeError);
    assert.throws(() => native.receiveDatagram(100_000), { code: 'EBADF', syscall: 'recvmsg' });
    assert.throws(() => native.receiveDatagram(-1), RangeError);
    assert.throws(() => native.receiveDatagram('x' as unknown as number), TypeError);
    assert.deepEqual(openDescriptors(), before);
    native.close(fd);
    native.close(native.bindDatagram(address));
  });
});

describe('a watch', () => {
  it('tells of datagrams until it is stopped', { skip: missing('python3') }, async (t) => {
    const address = abstractName();
    const fd = bind(t, address);
    const heard: (string | undefined)[] = [];
    const stop = native.watchReadable(fd, () => heard.push(native.receiveDatagram(fd)?.data.toString()));
    for (const text of ['one', 'two']) await send(address, text);
    await waitFor(() => heard.length === 2, 'both datagrams');
    stop();
    stop();
    await send(address, 'three');
    await new Promise(setImmediate);
    assert.deepEqual(heard, ['one', 'two']);
    assert.equal(native.receiveDatagram(fd)?.data.toString(), 'three');
  });

  it('may be stopped from within, and another one begun on the same number', async () => {
    for (let round = 0; round < 3; round++) {
      const [read, write] = native.pipe(true, false);
      let calls = 0;
      const stop = native.watchReadable(read, () => {
        calls += 1;
        stop();
        native.close(read);
      });
      native.close(write);
      await waitFor(() => calls > 0, 'the end of the pipe');
      await new Promise(setImmediate);
      assert.equal(calls, 1);
    }
  });

  it('goes on after a mistake in its function, which is told as uncaught', async () => {
    const { status } = await runScript(`
      const [read, write] = pipe(true, false);
      let calls = 0, told = '';
      process.on('uncaughtException', (error) => { told += error.message; });
      const stop = watchReadable(read, () => {
        calls += 1;
        if (calls === 1) throw new Error('a mistake');
        stop();
      });
      close(write);
      const timer = setInterval(() => {
        if (calls < 2) return;
        clearInterval(timer);
        process.exit(told === 'a mistake' && calls === 2 ? 0 : 1);
      }, 5);`);
    assert.equal(status, 0);
  });

  it('runs what its function has put off before anything else', async (t) => {
    const [read, write] = native.pipe(true, false);
    t.after(() => native.close(read));
    const order: string[] = [];
    const stop = native.watchReadable(read, () => {
      stop();
      setImmediate(() => order.push('immediate'));
      Promise.resolve().then(() => order.push('promise'));
      process.nextTick(() => order.push('tick'));
    });
    native.close(write);
    await waitFor(() => order.length === 3, 'all three');
    assert.deepEqual(order, ['tick', 'promise', 'immediate']);
  });

  it('is refused where there is nothing to wait for, and no descriptor is left', () => {
    const before = openDescriptors();
    const [read, write] = native.pipe(true, false);
    const stop = native.watchReadable(read, () => undefined);
    assert.throws(() => native.watchReadable(read, () => undefined), { code: 'EEXIST', syscall: 'uv_poll_init' });
    stop();
    native.close(read);
    native.close(write);
    assert.throws(() => native.watchReadable(100_000, () => undefined), { code: 'EBADF', syscall: 'uv_poll_init' });
    assert.throws(() => native.watchReadable(-1, () => undefined), RangeError);
    assert.throws(() => native.watchReadable(0, 1 as unknown as () => void), TypeError);
    assert.deepEqual(openDescriptors(), before);
  });

  it('keeps no process alive, nor a thread, whether it was stopped or not', async () => {
    const body = `
      watchReadable(pipe(true, false)[0], () => undefined);
      watchReadable(pipe(true, false)[0], () => undefined)();`;
    const inThread = `new (require('node:worker_threads').Worker)(${JSON.stringify(withAddon(body))}, { eval: true })`;
    for (const script of [body, inThread]) assert.deepEqual(await runScript(script), { status: 0, signal: null });
  });
});
