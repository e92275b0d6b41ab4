import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { loadNative } from '../../src/os/native.ts';
import { type ListenAddress, type ListeningSocket, openSockets, removeSocketFiles } from '../../src/os/sockets.ts';
import { ROOT, temporaryDirectory } from '../support/daemon.ts';
import { missing } from '../support/requirements.ts';
import { waitFor } from '../support/wait-for.ts';

const native = loadNative(join(ROOT, 'dist'));

const IN_USE =
  'Another program is already listening on a port that one of our HTTP servers is configured to use.  ' +
  'Shut this program down first before starting supervisord.';

const unix = (path: string, chmod = 0o700): Extract<ListenAddress, { kind: 'unix' }> => ({
  kind: 'unix',
  path,
  chmod,
  chown: null,
});

/** Opens sockets that go with the test. */
async function open(t: TestContext, addresses: readonly ListenAddress[], calls = native, log: string[] = []) {
  const context = { native: calls, log: (level: string, text: string) => void log.push(`${level} ${text}`) };
  const sockets = await openSockets(addresses, context);
  t.after(() => {
    removeSocketFiles(sockets);
    for (const { fd } of sockets) native.close(fd);
  });
  return sockets;
}

function abandon(path: string): void {
  native.close(native.listenUnix(path, 1));
}

/** Why there is no IPv6 loopback here, false where there is. */
function noIpv6(): string | false {
  try {
    return readFileSync('/proc/net/if_inet6', 'utf8').includes(' lo\n') ? false : 'needs IPv6';
  } catch {
    return 'needs IPv6';
  }
}

const modeOf = (path: string) => lstatSync(path).mode & 0o7777;

for (const [mode, umask] of [
  [0o700, 0o022],
  [0o770, 0o077],
  [0o777, 0o777],
  [0o600, 0o000],
  [0o000, 0o000],
] as const) {
  test(`a socket has mode ${mode.toString(8)} under umask ${umask.toString(8)}`, async (t) => {
    const dir = temporaryDirectory(t);
    const before = process.umask(umask);
    t.after(() => process.umask(before));
    await open(t, [unix(join(dir, 'sock'), mode)]);
    assert.equal(modeOf(join(dir, 'sock')), mode);
    assert.deepEqual(readdirSync(dir), ['sock']);
  });
}

test('nobody else can reach a socket before it has its owner and mode', async (t) => {
  const dir = temporaryDirectory(t);
  const before = process.umask(0);
  t.after(() => process.umask(before));
  const seen: { readonly path: string; readonly folderMode: number }[] = [];
  const watched = {
    ...native,
    listenUnix: (path: string, backlog: number) => {
      seen.push({ path, folderMode: modeOf(join(path, '..')) });
      assert.equal(existsSync(join(dir, 'sock')), false);
      return native.listenUnix(path, backlog);
    },
  };
  await open(t, [unix(join(dir, 'sock'))], watched);
  assert.equal(seen.length, 1);
  assert.equal(seen[0]?.folderMode, 0o700);
  assert.ok(seen[0]?.path.startsWith(`${dir}/sock.`));
});

test('a socket that nobody listens on is replaced, and said so', async (t) => {
  const dir = temporaryDirectory(t);
  abandon(join(dir, 'sock'));
  const log: string[] = [];
  await open(t, [unix(join(dir, 'sock'))], native, log);
  assert.deepEqual(log, [`info Unlinking stale socket ${join(dir, 'sock')}`]);
  assert.deepEqual(readdirSync(dir), ['sock']);
});

test('a socket that somebody listens on is left alone, whatever it speaks', async (t) => {
  const dir = temporaryDirectory(t);
  const path = join(dir, 'sock');
  const [first] = await open(t, [unix(path)]);
  await assert.rejects(open(t, [unix(path)]), { code: 'CANNOT_LISTEN', message: IN_USE });
  assert.equal(lstatSync(path).ino, first?.file?.inode);
  assert.deepEqual(readdirSync(dir), ['sock']);
});

function linkToSocket(path: string, dir: string): void {
  abandon(join(dir, 'target'));
  symlinkSync(join(dir, 'target'), path);
}

const NO_SOCKETS: readonly (readonly [what: string, make: (path: string, dir: string) => void])[] = [
  ['a file', (path) => writeFileSync(path, 'precious')],
  ['a folder', (path) => mkdirSync(path)],
  ['a link to a socket', linkToSocket],
  ['a link to nothing', (path, dir) => symlinkSync(join(dir, 'nothing'), path)],
  ['a FIFO', (path) => void spawnSync('mkfifo', [path])],
];

for (const [what, make] of NO_SOCKETS) {
  test(`${what} in the socket's place is never deleted`, async (t) => {
    const dir = temporaryDirectory(t);
    make(join(dir, 'sock'), dir);
    const before = readdirSync(dir);
    await assert.rejects(open(t, [unix(join(dir, 'sock'))]), {
      code: 'CANNOT_LISTEN',
      message: /what is there is no socket/,
    });
    assert.deepEqual(readdirSync(dir), before);
  });
}

test('a datagram socket belongs to somebody else', {
  skip: !existsSync('/usr/bin/python3') && 'needs python3',
}, async (t) => {
  const dir = temporaryDirectory(t);
  const script = `import socket,sys; socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM).bind(sys.argv[1])`;
  spawnSync('/usr/bin/python3', ['-c', script, join(dir, 'sock')]);
  const log: string[] = [];
  // Nobody has it open any more, which is told by a refusal like that of any other stale socket.
  await open(t, [unix(join(dir, 'sock'))], native, log);
  assert.equal(log.length, 1);
});

test("our socket is removed, and nobody else's", async (t) => {
  const dir = temporaryDirectory(t);
  const sockets = await open(t, [unix(join(dir, 'a')), unix(join(dir, 'b')), unix(join(dir, 'c'))]);
  renameSync(join(dir, 'b'), join(dir, 'moved'));
  abandon(join(dir, 'b'));
  renameSync(join(dir, 'c'), join(dir, 'gone'));
  removeSocketFiles(sockets);
  assert.deepEqual(readdirSync(dir), ['b', 'gone', 'moved']);
});

test('sockets are opened all or none', async (t) => {
  const dir = temporaryDirectory(t);
  const descriptors = readdirSync('/proc/self/fd').length;
  const wrong = unix(join(dir, 'nowhere', 'sock'));
  await assert.rejects(open(t, [unix(join(dir, 'a')), { kind: 'inet', host: '127.0.0.1', port: 0 }, wrong]));
  assert.deepEqual(readdirSync(dir), []);
  assert.equal(readdirSync('/proc/self/fd').length, descriptors);
});

test('a path too long for its temporary name is reached by way of its folder', async (t) => {
  const dir = temporaryDirectory(t);
  const path = join(dir, 'x'.repeat(107 - dir.length - 1));
  await open(t, [unix(path)]);
  await assert.rejects(open(t, [unix(path)]), { message: IN_USE });
  await assert.rejects(open(t, [unix(`${path}x`)]), { message: /longer than 107 bytes/ });
});

test('where hard links do not work the socket is moved to its place', async (t) => {
  // vfat knows neither links nor sockets, so a loader that fails link(2) stands for such a file system.
  const dir = temporaryDirectory(t);
  const library = join(dir, 'nolink.so');
  const source =
    '#include <errno.h>\nint link(const char *a, const char *b) { (void)a; (void)b; errno = EPERM; return -1; }\n';
  const built = spawnSync('cc', ['-shared', '-fPIC', '-x', 'c', '-', '-o', library], { input: source });
  assert.equal(built.status, 0, String(built.stderr));
  const script = `
    import { openSockets } from ${JSON.stringify(join(ROOT, 'src/os/sockets.ts'))};
    import { loadNative } from ${JSON.stringify(join(ROOT, 'src/os/native.ts'))};
    const path = process.argv[1] ?? '';
    const native = loadNative(${JSON.stringify(join(ROOT, 'dist'))});
    const addresses = [{ kind: 'unix', path, chmod: 0o750, chown: null }];
    native.close(native.listenUnix(path, 1));
    await openSockets(addresses, { native, log: (level, text) => console.log(text) });
    await openSockets(addresses, { native, log: () => undefined }).catch((error) => console.log(error.message));
  `;
  const path = join(dir, 'sock');
  const result = spawnSync(process.execPath, ['--import', 'tsx', '--input-type=module', '-e', script, path], {
    cwd: ROOT,
    env: { ...process.env, LD_PRELOAD: library },
    encoding: 'utf8',
  });
  assert.deepEqual(result.stdout.trim().split('\n'), [`Unlinking stale socket ${path}`, IN_USE], result.stderr);
  assert.equal(modeOf(path), 0o750);
  assert.deepEqual(readdirSync(dir).sort(), ['nolink.so', 'sock']);
});

test('a socket can be given to another user', { skip: missing('root') }, async (t) => {
  const dir = temporaryDirectory(t);
  const path = join(dir, 'sock');
  await open(t, [{ ...unix(path, 0o770), chown: { uid: 65534, gid: 65533 } }]);
  const { uid, gid } = lstatSync(path);
  assert.deepEqual({ uid, gid, mode: modeOf(path) }, { uid: 65534, gid: 65533, mode: 0o770 });
});

test('an arbitrary user opens its socket, and is told what it may not give away', {
  skip: missing('root'),
}, async (t) => {
  const dir = temporaryDirectory(t);
  chmodSync(dir, 0o777);
  const path = join(dir, 'sock');
  const given = { ...unix(join(dir, 'given')), chown: { uid: 0, gid: 0 } };
  const before = process.umask(0o777);
  process.seteuid?.(54321);
  try {
    await open(t, [unix(path)]);
    assert.equal(lstatSync(path).uid, 54321);
    const message = /^Not permitted to chown \S+given to uid\/gid \(0, 0\); adjust "sockchown" .* \(54321\) can/;
    await assert.rejects(open(t, [given]), { code: 'CANNOT_LISTEN', message });
  } finally {
    process.seteuid?.(0);
    process.umask(before);
  }
  assert.deepEqual(readdirSync(dir), ['sock']);
});

const FAILURES: readonly (readonly [what: string, address: ListenAddress, message: string | RegExp])[] = [
  [
    'a folder that is missing',
    unix('/nonexistent/sock'),
    'Cannot open an HTTP server: socket.error reported errno.ENOENT (2)',
  ],
  [
    'an address that is not ours',
    { kind: 'inet', host: '192.0.2.1', port: 0 },
    'Cannot open an HTTP server: socket.error reported errno.EADDRNOTAVAIL (99)',
  ],
  [
    'a host that has no address',
    { kind: 'inet', host: 'no such host.invalid', port: 0 },
    /^Cannot open an HTTP server: socket.error reported /,
  ],
];

for (const [what, address, message] of FAILURES) {
  test(`${what} cannot be listened on, in Supervisor's words`, async (t) => {
    await assert.rejects(open(t, [address]), { code: 'CANNOT_LISTEN', message });
  });
}

for (const host of ['[::1]', '::1', '127.0.0.1', 'localhost', '']) {
  test(`a server listens on ${JSON.stringify(host)}`, { skip: host.includes(':') && noIpv6() }, async (t) => {
    const [socket] = await open(t, [{ kind: 'inet', host, port: 0 }]);
    assert.equal(socket?.file, null);
  });
}

test('a port in use is said to be', async (t) => {
  const server = createServer().listen(0, '127.0.0.1');
  t.after(() => server.close());
  await waitFor(() => server.listening, 'a server');
  const address = server.address();
  assert.ok(address !== null && typeof address === 'object');
  await assert.rejects(open(t, [{ kind: 'inet', host: '127.0.0.1', port: address.port }]), { message: IN_USE });
});

test('two that start at once do not both get the socket', async (t) => {
  const dir = temporaryDirectory(t);
  const path = join(dir, 'sock');
  abandon(path);
  const results = await Promise.allSettled(Array.from({ length: 8 }, () => open(t, [unix(path)])));
  const opened = results.filter(
    (result): result is PromiseFulfilledResult<ListeningSocket[]> => result.status === 'fulfilled',
  );
  assert.equal(opened.length, 1);
  assert.equal(lstatSync(path).ino, opened[0]?.value[0]?.file?.inode);
  assert.deepEqual(readdirSync(dir), ['sock']);
});
