import assert from 'node:assert/strict';
import { readFileSync, readlinkSync, readSync, rmSync, writeSync } from 'node:fs';
import { createConnection } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { isSystemError, openChildPipes } from '../../src/os/fds.ts';
import { loadNative } from '../../src/os/native.ts';
import { distDirectory } from './native-children.ts';

const native = loadNative(distDirectory);

const flags = (fd: number): number =>
  Number.parseInt(/flags:\t(\d+)/.exec(readFileSync(`/proc/self/fdinfo/${fd}`, 'utf8'))?.[1] ?? '', 8);
const NON_BLOCKING = 0o4000;
const CLOSE_ON_EXEC = 0o2000000;

test('a pipe carries bytes, is close-on-exec and non-blocking at the ends that were asked for', () => {
  for (const [forRead, forWrite] of [
    [true, false],
    [false, true],
  ] as const) {
    const [read, write] = native.pipe(forRead, forWrite);
    writeSync(write, 'hello');
    const buffer = Buffer.alloc(10);
    assert.equal(buffer.toString('utf8', 0, readSync(read, buffer)), 'hello');
    assert.equal((flags(read) & NON_BLOCKING) !== 0, forRead);
    assert.equal((flags(write) & NON_BLOCKING) !== 0, forWrite);
    assert.notEqual(flags(read) & flags(write) & CLOSE_ON_EXEC, 0);
    native.close(read);
    native.close(write);
    assert.throws(() => native.close(read), { code: 'EBADF', syscall: 'close', errno: -9 });
  }
});

test('dup2 copies onto a number', () => {
  const [read, write] = native.pipe(false, false);
  native.dup2(write, 500);
  writeSync(500, 'x');
  assert.equal(readSync(read, Buffer.alloc(2)), 1);
  for (const fd of [read, write, 500]) native.close(fd);
  assert.throws(() => native.dup2(501, 502), { code: 'EBADF', syscall: 'dup2' });
});

test('a child’s pipes are ours to close in two steps', () => {
  for (const redirectStderr of [true, false]) {
    const pipes = openChildPipes(native, redirectStderr);
    const [stdin, stdout, stderr] = pipes.childFds;
    assert.equal(stderr === stdout, redirectStderr);
    assert.equal(pipes.stderr === null, redirectStderr);
    for (const fd of [pipes.stdin, pipes.stdout]) assert.notEqual(flags(fd) & NON_BLOCKING, 0);
    for (const fd of [stdin, stdout, stderr]) assert.equal(flags(fd) & NON_BLOCKING, 0);
    pipes.closeChildEnds();
    assert.throws(() => flags(stdin));
    flags(pipes.stdin);
    pipes.closeAll();
    for (const fd of [pipes.stdin, pipes.stdout, pipes.stderr ?? pipes.stdin]) assert.throws(() => flags(fd));
  }
});

test('when descriptors run out, no half of a child’s pipes stays open', () => {
  const open = new Set<number>();
  const fake = {
    pipe(): [number, number] {
      if (open.size === 4) throw Object.assign(new Error('pipe2: too many'), { code: 'EMFILE', syscall: 'pipe2' });
      const ends: [number, number] = [open.size + 10, open.size + 11];
      for (const end of ends) open.add(end);
      return ends;
    },
    close: (fd: number) => void open.delete(fd),
  };
  assert.throws(
    () => openChildPipes(fake, false),
    (error) => isSystemError(error) && error.code === 'EMFILE',
  );
  assert.equal(open.size, 0);
});

const connects = (options: { path: string } | { port: number; host: string }): Promise<void> =>
  new Promise((resolve, reject) => {
    const socket = createConnection(options, () => {
      socket.destroy();
      resolve();
    });
    socket.on('error', reject);
  });

test('a unix socket listens, and a path in use or too long is told', async () => {
  const path = join(tmpdir(), `initvisor-${process.pid}.sock`);
  const fd = native.listenUnix(path, 5);
  await connects({ path });
  assert.notEqual(flags(fd) & CLOSE_ON_EXEC, 0);
  assert.throws(() => native.listenUnix(path, 5), { code: 'EADDRINUSE', syscall: 'bind' });
  native.close(fd);
  rmSync(path);
  assert.throws(() => native.listenUnix(`/tmp/${'x'.repeat(108)}`, 5), { code: 'ENAMETOOLONG' });
  assert.throws(() => native.listenUnix('', 5), { code: 'EINVAL' });
  assert.throws(() => native.listenUnix('/nonexistent/x', 5), { code: 'ENOENT' });
});

test('a TCP socket listens on a number or a name, and a port can be used again at once', async () => {
  const portOf = (fd: number): number => {
    const inode = /socket:\[(\d+)\]/.exec(readlinkSync(`/proc/self/fd/${fd}`))?.[1];
    const line = readFileSync('/proc/net/tcp', 'utf8')
      .split('\n')
      .find((row) => row.split(/\s+/).includes(inode ?? ''));
    return Number.parseInt(/:([0-9A-F]{4})/.exec(line ?? '')?.[1] ?? '', 16);
  };
  for (const host of ['127.0.0.1', 'localhost', '']) {
    const first = native.listenTcp(host, 0, 5);
    const port = portOf(first);
    await connects({ host: '127.0.0.1', port });
    assert.throws(() => native.listenTcp(host, port, 5), { code: 'EADDRINUSE', syscall: 'bind' });
    native.close(first);
    native.close(native.listenTcp(host, port, 5));
  }
});

test('addresses that are not this machine’s, and names that do not resolve, are told', () => {
  assert.throws(() => native.listenTcp('192.0.2.1', 0, 5), { code: 'EADDRNOTAVAIL', syscall: 'bind' });
  assert.throws(() => native.listenTcp('no such host.invalid', 0, 5), { syscall: 'getaddrinfo', code: /^EAI_/ });
  assert.throws(() => native.listenTcp('127.0.0.1', 65536, 5), RangeError);
});
