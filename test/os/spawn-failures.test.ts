import assert from 'node:assert/strict';
import { chmodSync, copyFileSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import type { SpawnRequest } from '../../src/os/native.ts';
import { createNativeChildren, distDirectory, isRoot, NOBODY } from './native-children.ts';

const children = createNativeChildren();
const { native } = children;
const folder = mkdtempSync(join(tmpdir(), 'initvisor-spawn-'));
chmodSync(folder, 0o755);
const script = join(folder, 'no-interpreter');
writeFileSync(script, 'echo must not run\n', { mode: 0o755 });

after(() => {
  children.reaper.close();
  rmSync(folder, { recursive: true });
});

const failures: [string, string, string, Partial<SpawnRequest>][] = [
  ['a missing program', 'exec', 'ENOENT', { file: '/nonexistent' }],
  ['a program without permission', 'exec', 'EACCES', { file: '/etc/passwd' }],
  ['a directory', 'exec', 'EACCES', { file: '/' }],
  ['a script without an interpreter line', 'exec', 'ENOEXEC', { file: script }],
  ['an argument that is too long', 'exec', 'E2BIG', { argv: ['true', 'x'.repeat(200_000)] }],
  ['too large an environment', 'exec', 'E2BIG', { env: Array.from({ length: 100 }, () => `A=${'x'.repeat(120_000)}`) }],
  ['a missing directory', 'chdir', 'ENOENT', { cwd: '/nonexistent' }],
  ['a directory that is none', 'chdir', 'ENOTDIR', { cwd: '/etc/passwd' }],
  ['a descriptor that is not open', 'fds', 'EBADF', { fds: [-1, -1, 9999] }],
  ['a soft limit above the hard one', 'rlimit', 'EINVAL', { rlimits: [[7, 20, 10]] }],
  ['an unknown limit', 'rlimit', 'EINVAL', { rlimits: [[999, 1, 1]] }],
];

for (const [what, stage, errno, changes] of failures) {
  test(`${what} fails at ${stage} with ${errno}, and the child exits 127`, async () => {
    const { result, output, status } = await children.run(['/bin/true'], changes);
    assert.deepEqual(result.failure, { stage, errno });
    assert.deepEqual(status, { kind: 'code', code: 127 });
    assert.equal(output, '');
  });
}

/** Runs a script in a Node process that has no privileges, with the addon as `native`; returns what it prints as JSON. */
async function runUnprivileged(body: string): Promise<unknown> {
  const name = readdirSync(distDirectory).find((file) => file.endsWith('.node')) ?? '';
  const addon = join(folder, name);
  copyFileSync(join(distDirectory, name), addon);
  const source = `const m = { exports: {} }; process.dlopen(m, ${JSON.stringify(addon)}); const native = m.exports; ${body}`;
  const user = isRoot ? { groups: [], gid: NOBODY, uid: NOBODY } : {};
  const { output } = await children.run([process.execPath, '-e', source], { ...user, cwd: '/' });
  return JSON.parse(output);
}

test('without privileges each stage that needs them fails with its own name', async () => {
  const rows: [Partial<SpawnRequest>, string, string][] = [
    [{ groups: [0] }, 'setgroups', 'EPERM'],
    [{ gid: 0 }, 'setgid', 'EPERM'],
    [{ uid: 0 }, 'setuid', 'EPERM'],
    [{ nice: -5 }, 'nice', 'EACCES'],
    [{ oomScoreAdj: -1000 }, 'oom_score_adj', 'EACCES'],
    [{ rlimits: [[4, -1, -1]] }, 'rlimit', 'EPERM'],
  ];
  const requests = rows.map(([changes]) => children.request(['/bin/true'], { env: [], ...changes }));
  const failed = await runUnprivileged(
    `native.setRlimit(4, 0, 0); console.log(JSON.stringify(${JSON.stringify(requests)}.map((r) => native.spawn(r).failure)))`,
  );
  assert.deepEqual(
    failed,
    rows.map(([, stage, errno]) => ({ stage, errno })),
  );
});

test('when the process limit is reached no child is made and fork throws EAGAIN', async () => {
  const request = JSON.stringify(children.request(['/bin/true'], { env: [] }));
  const seen = await runUnprivileged(
    `native.setRlimit(6, 0, 0);
     try { native.spawn(${request}); console.log('"spawned"'); }
     catch (e) { console.log(JSON.stringify({ code: e.code, syscall: e.syscall, errno: e.errno })); }`,
  );
  assert.deepEqual(seen, { code: 'EAGAIN', syscall: 'fork', errno: -11 });
});

const rejected: [string, unknown, RegExp][] = [
  ['no request', undefined, /object/],
  ['a NUL in the file', { ...children.request(['/bin/true']), file: '/bin/true\0x' }, /without null bytes/],
  ['a NUL in an argument', children.request(['/bin/true', 'a\0b']), /without null bytes/],
  ['a NUL in the environment', children.request(['/bin/true'], { env: ['A=\0'] }), /without null bytes/],
  ['a NUL in the directory', children.request(['/bin/true'], { cwd: '/\0' }), /without null bytes/],
  ['an argument that is a number', { ...children.request([]), file: 'x', argv: [1] }, /expected a string/],
  ['no descriptors', { file: 'x', argv: [], env: [] }, /"fds"/],
  ['no argv', { file: 'x', env: [], fds: [] }, /"argv"/],
  ['an unknown isolation', { ...children.request(['/bin/true']), isolate: 'jail' }, /"isolate"/],
  ['a limit that is no row', { ...children.request(['/bin/true']), rlimits: [7] }, /expected/],
  ['a uid that would wrap around to root', children.request(['/bin/true'], { uid: 2 ** 32 }), /expected a number from/],
  ['a negative gid', children.request(['/bin/true'], { gid: -1 }), /expected a number from/],
  ['an impossible signal', children.request(['/bin/true'], { pdeathsig: 65 }), /expected a number from/],
];

for (const [what, request, message] of rejected) {
  test(`${what} is refused before anything is started`, () => {
    assert.throws(() => Reflect.apply(native.spawn, native, [request]), message);
  });
}
