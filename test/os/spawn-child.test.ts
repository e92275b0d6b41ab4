import assert from 'node:assert/strict';
import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { after, test } from 'node:test';
import type { SpawnRequest } from '../../src/os/native.ts';
import { createNativeChildren, isRoot, NOBODY } from './native-children.ts';

const children = createNativeChildren();
const { native, run } = children;
const needsRoot = isRoot ? {} : { skip: 'needs root' };

after(() => children.reaper.close());

const statusField = (status: string, name: string): string =>
  new RegExp(`^${name}:\\s*(.*)$`, 'm').exec(status)?.[1]?.trim() ?? assert.fail(`no ${name} in ${status}`);

const readStat = (text: string): string[] => text.slice(text.lastIndexOf(')') + 2).split(' ');

test('a child starts with no signal ignored or blocked, whatever this process does', async () => {
  const own = readFileSync('/proc/thread-self/status', 'utf8');
  assert.notEqual(BigInt(`0x${statusField(own, 'SigIgn')}`), 0n, 'Node ignores SIGPIPE, or this proves nothing');
  const { output } = await run(['/bin/cat', '/proc/self/status']);
  assert.equal(BigInt(`0x${statusField(output, 'SigIgn')}`), 0n);
  assert.equal(BigInt(`0x${statusField(output, 'SigBlk')}`), 0n);
  const after = readFileSync('/proc/thread-self/status', 'utf8');
  // Not what is pending: a SIGCHLD may be under way.
  for (const mask of ['SigBlk', 'SigIgn', 'SigCgt']) assert.equal(statusField(after, mask), statusField(own, mask));
});

test('signals that our own parent ignored or blocked are reset too, the real-time ones among them', async (t) => {
  const probe = await run(['/usr/bin/env', '--ignore-signal=40', '--block-signal=41', '/bin/true']);
  if (probe.status.kind !== 'code' || probe.status.code !== 0) return t.skip('env(1) cannot set signals here');
  const nodeScript = `
    const fs = require('node:fs'); const m = { exports: {} };
    process.dlopen(m, ${JSON.stringify(addonPath())});
    console.log(fs.readFileSync('/proc/thread-self/status', 'utf8').match(/^SigIgn:.*$/m)[0]);
    m.exports.spawn({ file: '/bin/cat', argv: ['cat', '/proc/self/status'], env: [], fds: [-1, 1, 2], isolate: 'none' });`;
  const args = ['--ignore-signal=40', '--block-signal=41', process.execPath, '-e', nodeScript];
  const { output } = await run(['/usr/bin/env', ...args]);
  const [parent, ...child] = output.split('\n');
  assert.notEqual(BigInt(`0x${parent?.split('\t')[1]}`) & (1n << 39n), 0n, 'the parent ignores signal 40');
  assert.equal(BigInt(`0x${statusField(child.join('\n'), 'SigIgn')}`), 0n);
  assert.equal(BigInt(`0x${statusField(child.join('\n'), 'SigBlk')}`), 0n);
});

function addonPath(): string {
  const maps = readFileSync('/proc/self/maps', 'utf8');
  return /\S*initvisor-\S*\.node/.exec(maps)?.[0] ?? assert.fail('the addon is not mapped');
}

test('isolation decides the process group and the session', async () => {
  const own = readStat(readFileSync('/proc/self/stat', 'utf8'));
  for (const isolate of ['none', 'group', 'session'] as const) {
    const { result, output } = await run(['/bin/cat', '/proc/self/stat'], { isolate });
    const [, , group, session] = readStat(output);
    const pid = String(result.pid);
    const expected = { none: [own[2], own[3]], group: [pid, own[3]], session: [pid, pid] }[isolate];
    assert.deepEqual([group, session], expected, isolate);
  }
});

const shown: [string, readonly string[], Partial<SpawnRequest>, string][] = [
  ['the working directory', ['/bin/sh', '-c', 'pwd'], { cwd: '/proc' }, '/proc\n'],
  ['the umask', ['/bin/sh', '-c', 'umask'], { umask: 0o27 }, '0027\n'],
  ['a limit', ['/bin/sh', '-c', 'ulimit -Sn; ulimit -Hn'], { rlimits: [[7, 100, 200]] }, '100\n200\n'],
  ['an empty environment', ['/usr/bin/env'], { env: [] }, ''],
  ['any text in the environment', ['/usr/bin/env'], { env: ['A=ü€😀\n\x01', 'B=', 'C'] }, 'A=ü€😀\n\x01\nB=\nC\n'],
  ['argv as given', ['/bin/sh', '-c', 'printf "<%s>" "$@"', 'x', '', ' ', '*'], {}, '<>< ><*>'],
  ['argv[0] apart from the file', ['other', '-c', 'echo $0'], { file: '/bin/sh' }, 'other\n'],
  ['the oom_score_adj', ['/bin/cat', '/proc/self/oom_score_adj'], { oomScoreAdj: 321 }, '321\n'],
  ['/dev/null for -1', ['/usr/bin/readlink', '/proc/self/fd/0'], {}, '/dev/null\n'],
];

for (const [what, argv, changes, expected] of shown) {
  test(`the child has ${what}`, async () => {
    const { result, output } = await run(argv, changes);
    assert.equal(result.failure, undefined);
    assert.equal(output, expected);
  });
}

test('niceness is absolute and only the child’s', async () => {
  const { output } = await run(['/bin/cat', '/proc/self/stat'], { nice: 7 });
  assert.equal(readStat(output)[16], '7');
  assert.equal(readStat(readFileSync('/proc/self/stat', 'utf8'))[16], '0');
});

test('nothing that is set for a child changes this process, whose memory it shares until exec', async () => {
  const snapshot = (): string[] => [
    process.cwd(),
    process.umask().toString(8),
    readFileSync('/proc/self/oom_score_adj', 'utf8'),
    readFileSync('/proc/self/limits', 'utf8'),
    statusField(readFileSync('/proc/self/status', 'utf8'), 'NoNewPrivs'),
    String(process.getuid?.()),
  ];
  const before = snapshot();
  const changes = { cwd: '/', umask: 0o77, oomScoreAdj: 500, rlimits: [[7, 50, 50]], noNewPrivs: true } as const;
  await run(['/bin/true'], isRoot ? { ...changes, groups: [], gid: NOBODY, uid: NOBODY } : changes);
  assert.deepEqual(snapshot(), before);
});

test('no_new_privs holds in the child', async () => {
  const { output } = await run(['/bin/cat', '/proc/self/status'], { noNewPrivs: true });
  assert.equal(statusField(output, 'NoNewPrivs'), '1');
});

test('groups, gid and uid are set, and nothing of root’s stays', needsRoot, async () => {
  const { output } = await run(['/bin/cat', '/proc/self/status'], { groups: [NOBODY, 7, 9], gid: NOBODY, uid: 1234 });
  assert.equal(statusField(output, 'Uid'), '1234\t1234\t1234\t1234');
  assert.equal(statusField(output, 'Gid'), Array(4).fill(NOBODY).join('\t'));
  assert.deepEqual(statusField(output, 'Groups').split(' ').map(Number).toSorted(), [7, 9, NOBODY].toSorted());
  assert.equal(BigInt(`0x${statusField(output, 'CapEff')}`), 0n);
});

test('pdeathsig ends the child when its parent dies', async () => {
  native.setChildSubreaper();
  const script = `
    const m = { exports: {} }; process.dlopen(m, ${JSON.stringify(addonPath())});
    const argv = ['sleep', '300'];
    const { pid } = m.exports.spawn({ file: '/bin/sleep', argv, env: [], fds: [], isolate: 'group', pdeathsig: 10 });
    require('node:fs').writeSync(1, String(pid));
    process.kill(process.pid, 'SIGKILL');`;
  const { output } = await run([process.execPath, '-e', script]);
  const orphan = await children.waitForExit(Number(output));
  assert.deepEqual(orphan.status, { kind: 'signal', signal: 10, coreDumped: false });
});

test('descriptors are mapped as asked for, also where sources and targets overlap', async () => {
  const [readA, writeA] = native.pipe(false, false);
  const [readB, writeB] = native.pipe(false, false);
  const script = 'for i in 0 1 2 3 4; do a="$a $(readlink /proc/$$/fd/$i)"; done; echo $a >&5';
  const rows: number[][] = [
    [0, 1, 2, readA, writeA],
    [2, 1, 0, 0, 1],
    [1, 2, readB, 0, writeB],
    [writeA, writeA, writeA, writeA, writeA],
    [readB, -1, 4, 3, 2],
    [-1, -1, -1, -1, -1],
  ];
  for (const fds of rows) {
    const expected = fds.map((fd) => (fd === -1 ? '/dev/null' : readlinkSync(`/proc/self/fd/${fd}`)));
    const { output } = await run(['/bin/sh', '-c', script], { fds: [...fds, -2] });
    assert.deepEqual(output.trimEnd().split(' '), expected, fds.join());
  }
  for (const fd of [readA, writeA, readB, writeB]) native.close(fd);
});

test('no other descriptor reaches the child, even one that is not close-on-exec', async () => {
  native.dup2(0, 300);
  native.dup2(0, 1000);
  const { output } = await run(['/bin/ls', '/proc/self/fd']);
  native.close(300);
  native.close(1000);
  assert.equal(output, '0\n1\n2\n3\n', '3 is the listing itself');
});

test('a child may have no descriptor at all', async () => {
  const result = native.spawn(children.request(['/bin/true'], { fds: [] }));
  assert.deepEqual((await children.waitForExit(result.pid)).status, { kind: 'code', code: 0 });
});

test('/dev/stdout can be opened by name in a child, also as another user', async () => {
  const argv = ['/bin/sh', '-c', 'echo x > /dev/stdout; echo y > /proc/self/fd/2'];
  assert.equal((await run(argv)).output, 'x\ny\n');
  if (isRoot) assert.equal((await run(argv, { groups: [], gid: NOBODY, uid: NOBODY })).output, 'x\ny\n');
});

test('a thousand children are started and reaped, and no descriptor is left over', async () => {
  const openFds = (): number => readdirSync('/proc/self/fd').length;
  const before = openFds();
  const pids = Array.from({ length: 1000 }, () => native.spawn(children.request(['/bin/true'])).pid);
  for (const pid of pids) assert.deepEqual((await children.waitForExit(pid)).status, { kind: 'code', code: 0 });
  assert.equal(openFds(), before);
});
