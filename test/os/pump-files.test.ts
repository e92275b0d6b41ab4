import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import {
  chmodSync,
  closeSync,
  constants,
  existsSync,
  mkdirSync,
  openSync,
  readFileSync,
  readSync,
  rmSync,
  statSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { after, test } from 'node:test';
import type { SinkId } from '../../src/os/native.ts';
import { createPumpWorld } from './pump-fixtures/pump-world.ts';

const world = createPumpWorld();
const { native, path, settle } = world;
const isRoot = process.getuid?.() === 0;

mkdirSync(path('small'));
const mounted = isRoot && spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=64k', 'none', path('small')]).status === 0;

after(() => {
  if (mounted) execFileSync('umount', ['-l', path('small')]);
  world.close();
});

const open = (file: string, maxBytes = 0): SinkId => native.sinkOpenFile({ path: file, maxBytes, backups: 1 });
const reportsOf = (sink: SinkId) => world.reports.filter((report) => report.sink === sink);

const refused: [string, string, string][] = [
  ['a directory', 'EISDIR', '.'],
  ['a missing folder', 'ENOENT', 'missing/log'],
  ['a path below a file', 'ENOTDIR', 'file/log'],
];

for (const [what, code, name] of refused) {
  test(`${what} as log is refused at once with ${code}`, () => {
    writeFileSync(path('file'), '');
    assert.throws(() => open(path(name)), { code, syscall: 'open' });
  });
}

test('a new file gets the mode that the umask leaves, and an old one keeps its bytes', () => {
  const before = process.umask(0o027);
  try {
    const sink = open(path('mode'));
    assert.equal(statSync(path('mode')).mode & 0o777, 0o640);
    native.sinkWrite(sink, 'two\n');
    native.sinkClose(sink);
    native.sinkWrite(open(path('mode')), 'three\n');
    settle();
    assert.equal(readFileSync(path('mode'), 'utf8'), 'two\nthree\n');
  } finally {
    process.umask(before);
  }
});

test('a closed sink’s id is unknown', () => {
  const sink = open(path('closed'));
  native.sinkClose(sink);
  assert.throws(() => native.sinkWrite(sink, 'x'), TypeError);
});

test('a FIFO without a reader neither hangs nor loses what fits into it', () => {
  execFileSync('mkfifo', [path('fifo')]);
  const sink = open(path('fifo'), 4);
  native.sinkWrite(sink, 'kept for the reader\n');
  settle();
  const reader = openSync(path('fifo'), constants.O_RDONLY | constants.O_NONBLOCK);
  const buffer = Buffer.alloc(100);
  assert.equal(buffer.toString('utf8', 0, readSync(reader, buffer)), 'kept for the reader\n');
  closeSync(reader);
  assert.equal(existsSync(path('fifo.1')), false);
});

test('a FIFO that nobody reads blocks only the stream that leads to it', async () => {
  execFileSync('mkfifo', [path('full')]);
  const blocked = world.run("exec yes 'a line'", open(path('full')));
  const free = world.run('seq 1 100000', open(path('free')));
  await world.waitForEnd(free.stream);
  assert.equal(readFileSync(path('free'), 'utf8').split('\n').length, 100_001);
  assert.equal(world.ended.has(blocked.stream), false);
  assert.equal(native.pumpFlush(0), false);
  native.streamForget(blocked.stream);
  await world.waitFor('the writer’s end', () => blocked.child.exitCode !== null || blocked.child.signalCode !== null);
  assert.equal(blocked.child.signalCode, 'SIGPIPE');
  // The reader comes at last, and the backlog is written.
  const reader = openSync(path('full'), constants.O_RDONLY | constants.O_NONBLOCK);
  await world.waitFor('an empty FIFO', () => {
    const buffer = Buffer.alloc(1 << 20);
    readSync(reader, buffer);
    return native.pumpFlush(0);
  });
  closeSync(reader);
});

test('a device is neither rotated nor deleted', () => {
  const sink = open('/dev/null', 4);
  native.sinkWrite(sink, 'more than four bytes\n');
  native.sinkClear(sink);
  settle();
  assert.equal(existsSync('/dev/null.1'), false);
  assert.equal(statSync('/dev/null').isCharacterDevice(), true);
});

test('a full device is reported once, costs no other stream, and its program runs on', async () => {
  const sink = open('/dev/full');
  const full = world.run('seq 1 200000', sink);
  const other = world.run('seq 1 200000', open(path('other')));
  await world.waitForEnd(full.stream, other.stream);
  assert.equal(readFileSync(path('other'), 'utf8').split('\n').length, 200_001);
  await world.waitFor('a report', () => reportsOf(sink).length > 0);
  const [report] = reportsOf(sink);
  assert.equal(report?.errno, 'ENOSPC');
  assert.ok((report?.lostBytes ?? 0) > 0);
  assert.equal(reportsOf(sink).length, 1);
});

test('a full disk is reported when it fills and, with what was lost, when there is room again', {
  skip: mounted ? false : 'needs root and the right to mount',
}, async () => {
  const file = path('small/log');
  const sink = open(file);
  const { stream, writeFd } = world.open(sink);
  const total = 300_000;
  for (let written = 0; written < total; ) written += writeSync(writeFd, Buffer.alloc(total - written, 'x'));
  native.streamDrain(stream);
  await world.waitForEnd(stream);
  native.close(writeFd);
  native.sinkClear(sink);
  settle();
  native.sinkWrite(sink, 'room again\n');
  await world.waitFor('the second report', () => reportsOf(sink).length > 1);
  const [first, second] = reportsOf(sink);
  assert.deepEqual([first?.errno, second?.errno], ['ENOSPC', null]);
  assert.equal((first?.lostBytes ?? 0) + (second?.lostBytes ?? 0), total - 65_536);
  assert.equal(readFileSync(file, 'utf8'), 'room again\n');
});

test('a removed folder fails a reopen, and one that came back gets the file again', () => {
  mkdirSync(path('gone'));
  const sink = open(path('gone/log'));
  rmSync(path('gone'), { recursive: true });
  assert.throws(() => native.sinkReopen(sink), { code: 'ENOENT', syscall: 'open' });
  native.sinkWrite(sink, 'into the removed file\n');
  mkdirSync(path('gone'));
  native.sinkReopen(sink);
  native.sinkWrite(sink, 'back\n');
  settle();
  assert.equal(readFileSync(path('gone/log'), 'utf8'), 'back\n');
});

test('clearing deletes the file at once and what follows goes to a new one', () => {
  const sink = open(path('clear'));
  native.sinkWrite(sink, 'old\n');
  settle();
  const before = statSync(path('clear')).ino;
  const held = openSync(path('clear'), 'r');
  native.sinkClear(sink);
  assert.equal(readFileSync(path('clear'), 'utf8'), '');
  assert.notEqual(statSync(path('clear')).ino, before);
  native.sinkWrite(sink, 'new\n');
  settle();
  assert.equal(readFileSync(path('clear'), 'utf8'), 'new\n');
  closeSync(held);
});

/** Root may open anything: then as somebody else. */
function asOrdinaryUser(act: () => void): void {
  if (isRoot) process.seteuid?.(65534);
  try {
    act();
  } finally {
    if (isRoot) process.seteuid?.(0);
  }
}

test('a file that may not be opened again is still written to', () => {
  const sink = open(path('locked'));
  chmodSync(path('locked'), 0o400);
  asOrdinaryUser(() => assert.throws(() => native.sinkReopen(sink), { code: 'EACCES' }));
  native.sinkWrite(sink, 'still\n');
  settle();
  assert.equal(readFileSync(path('locked'), 'utf8'), 'still\n');
});
