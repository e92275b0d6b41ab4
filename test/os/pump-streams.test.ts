import assert from 'node:assert/strict';
import { execFileSync, execSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { constants, existsSync, openSync, readdirSync, readFileSync, writeSync } from 'node:fs';
import { after, test } from 'node:test';
import type { SinkId, StreamId } from '../../src/os/native.ts';
import { readNow } from '../../src/os/read-now.ts';
import { createPumpWorld } from './pump-fixtures/pump-world.ts';

const world = createPumpWorld();
const { native, path, settle } = world;

after(() => world.close());

const open = (name: string): SinkId => native.sinkOpenFile({ path: path(name), maxBytes: 0, backups: 0 });
const read = (name: string): string => readFileSync(path(name), 'utf8');
const sha256 = (data: string | Buffer): string => createHash('sha256').update(data).digest('hex');

function sleepSync(ms: number): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms);
}

test('54 MB of three programs land in rotated files complete and in order', async () => {
  const ranges = ['1 2000000', '3000000 5300000', '6000000 8300000'];
  const runs = ranges.map((range, i) => {
    const sink = native.sinkOpenFile({ path: path(`part${i}`), maxBytes: 1 << 20, backups: 50 });
    return world.run(`seq ${range}`, sink);
  });
  await world.waitForEnd(...runs.map(({ stream }) => stream));
  ranges.forEach((range, i) => {
    const names = Array.from({ length: 51 }, (_, n) => path(n === 50 ? `part${i}` : `part${i}.${50 - n}`));
    const files = names.filter(existsSync).map((name) => readFileSync(name));
    assert.ok(files.length > 10);
    const expected = execSync(`seq ${range} | sha256sum`, { encoding: 'utf8' }).split(' ')[0];
    assert.equal(sha256(Buffer.concat(files)), expected, range);
  });
});

test('draining takes what is in the pipe although a grandchild holds it', async () => {
  const { stream, child } = world.run('echo last words; sleep 60 >&1 & echo $!', open('grandchild'));
  await world.waitFor('the child’s end', () => child.exitCode !== null);
  native.streamDrain(stream);
  settle();
  const [words, pid] = read('grandchild').split('\n');
  assert.equal(words, 'last words');
  await world.waitForEnd(stream);
  process.kill(Number(pid));
});

test('what a drained pipe holds is handed over within the call that catches up', () => {
  for (let i = 0; i < 200; i++) {
    const { stream, writeFd } = world.open(null, { tap: true });
    writeSync(writeFd, `last words ${i}`);
    native.streamDrain(stream);
    native.pumpCatchUp(10_000);
    assert.equal(String(world.data.get(stream)), `last words ${i}`);
    assert.ok(world.ended.has(stream));
    native.close(writeFd);
  }
});

test('draining ends although a grandchild writes for ever', async () => {
  const { stream, child } = world.run('exec yes', null);
  await world.waitFor('output', () => native.streamTail(stream, 1).length > 0);
  native.streamDrain(stream);
  await world.waitForEnd(stream);
  await world.waitFor('SIGPIPE', () => child.signalCode === 'SIGPIPE');
});

test('what is drained comes before what is written to its sink afterwards', () => {
  const sink = open('order');
  const expected: string[] = [];
  for (let i = 0; i < 200; i++) {
    const { stream, writeFd } = world.open(sink);
    const text = `${i} `.repeat(2000);
    writeSync(writeFd, `${text}\n`);
    native.streamDrain(stream);
    native.sinkWrite(sink, `exited ${i}\n`);
    native.close(writeFd);
    expected.push(text, `exited ${i}`);
  }
  settle();
  assert.deepEqual(read('order').split('\n').slice(0, -1), expected);
});

/** Two lines a round from two sources, the first one's first. */
function writeInTurn(name: string, round: (stream: StreamId, sink: SinkId, writeFd: number, i: number) => void) {
  const sink = open(name);
  const { stream, writeFd } = world.open(sink);
  const expected: string[] = [];
  for (let i = 0; i < 3000; i++) {
    round(stream, sink, writeFd, i);
    // Else lines of later rounds are read with those of this one.
    native.pumpFlush(10_000);
    expected.push(`first ${i}`, `second ${i}`);
  }
  settle();
  native.close(writeFd);
  assert.deepEqual(read(name).split('\n').slice(0, -1), expected);
}

test('what is written to a sink comes before what a program says afterwards', () => {
  writeInTurn('then-said', (_, sink, writeFd, i) => {
    native.sinkWrite(sink, `first ${i}\n`);
    writeSync(writeFd, `second ${i}\n`);
  });
});

test('what is taken of a stream comes before what is written to its sink afterwards', () => {
  writeInTurn('taken', (stream, sink, writeFd, i) => {
    writeSync(writeFd, `first ${i}\n`);
    native.streamTake(stream);
    native.sinkWrite(sink, `second ${i}\n`);
  });
});

test('a stream drained into a blocked sink ends once its bytes are written', async () => {
  execFileSync('mkfifo', [path('fifo')]);
  const sink = open('fifo');
  const first = world.open(sink);
  const second = world.open(sink);
  writeSync(first.writeFd, 'x'.repeat(60_000));
  await world.waitFor('the first read', () => native.streamTail(first.stream, 1).length > 0);
  settle();
  writeSync(first.writeFd, 'y'.repeat(60_000));
  await world.waitFor('a full FIFO', () => !native.pumpFlush(20));
  writeSync(second.writeFd, 'z'.repeat(60_000));
  for (const { stream } of [first, second]) native.streamDrain(stream);
  assert.equal(native.pumpFlush(20), false);
  assert.equal(world.ended.has(second.stream), false);
  const reader = openSync(path('fifo'), constants.O_RDONLY | constants.O_NONBLOCK);
  let text = '';
  const buffer = Buffer.alloc(65_536);
  await world.waitFor('all of it', () => {
    text += buffer.toString('latin1', 0, readNow(reader, buffer) ?? 0);
    return text.length === 180_000;
  });
  await world.waitForEnd(first.stream, second.stream);
  assert.match(text, /^x{60000}y{60000}z{60000}$/);
  for (const { writeFd } of [first, second]) native.close(writeFd);
});

const memories: [number, number, number][] = [
  [65_536, 65_536, 65_536],
  [65_536, 10, 10],
  [1000, 65_536, 1000],
  [3_000_000, 3_000_000, 588_895],
  [0, 100, 0],
];

for (const [memoryBytes, asked, got] of memories) {
  test(`of ${memoryBytes} remembered bytes a tail of ${asked} gives the newest ${got}, until it is forgotten`, async () => {
    const { stream } = world.run('seq 1 100000', null, { memoryBytes });
    await world.waitForEnd(stream);
    const all = execSync('seq 1 100000');
    const tail = native.streamTail(stream, asked);
    assert.equal(tail.length, got);
    assert.equal(tail.toString(), all.subarray(all.length - tail.length).toString());
    native.streamForget(stream);
    assert.throws(() => native.streamTail(stream, 1), TypeError);
  });
}

test('small writes wrap round in the memory', async () => {
  const { stream, writeFd } = world.open(null, { memoryBytes: 1500 });
  let all = '';
  for (let i = 0; i < 300; i++) {
    const text = `${i * i} `;
    all += text;
    writeSync(writeFd, text);
    const expected = all.slice(-1500);
    await world.waitFor(`"${text}"`, () => native.streamTail(stream, 5000).toString() === expected);
  }
  native.close(writeFd);
});

test('a tapped stream waits for JavaScript, and hands over everything', async () => {
  const MOST = 256 * 1024 + 128 * 1024 + 1024 * 1024 + 64 * 1024;
  let written = 0;
  const { stream, child } = world.run('exec head -c 20000000 /dev/urandom', open('tap'), { tap: true });
  const keep = world.onChunk;
  world.onChunk = (id, data) => {
    keep(id, data);
    if (written > 0) return;
    // JavaScript is busy: the writer goes on until the pipe is full and then stands still.
    for (let same = 0; same < 30; same++) {
      sleepSync(2);
      const now = Number(/^wchar: (\d+)/m.exec(readFileSync(`/proc/${child.pid}/io`, 'utf8'))?.[1]);
      if (now !== written) same = 0;
      written = now;
    }
  };
  await world.waitForEnd(stream);
  world.onChunk = keep;
  assert.ok(written > 256 * 1024 && written <= MOST, `${written} bytes were written`);
  assert.equal(sha256(Buffer.concat(world.data.get(stream) ?? [])), sha256(readFileSync(path('tap'))));
});

test('a forgotten stream is silent, and its id serves another', async () => {
  const { stream, child } = world.run('exec yes', null, { tap: true });
  await world.waitFor('data', () => (world.data.get(stream)?.length ?? 0) > 0);
  native.streamForget(stream);
  const next = world.run('echo next', null);
  assert.equal(next.stream, stream);
  await world.waitFor('SIGPIPE', () => child.signalCode === 'SIGPIPE');
  await world.waitForEnd(next.stream);
  assert.equal(world.data.has(stream), false);
  assert.equal(native.streamTail(next.stream, 10).toString(), 'next\n');
});

test('a stream whose sink is closed is read on', async () => {
  const sink = open('detached');
  const { stream, writeFd } = world.open(sink);
  writeSync(writeFd, 'one\n');
  await world.waitFor('the first line', () => native.streamTail(stream, 9).toString() === 'one\n');
  native.sinkClose(sink);
  settle();
  writeSync(writeFd, 'two\n');
  await world.waitFor('the second line', () => native.streamTail(stream, 9).toString() === 'one\ntwo\n');
  assert.equal(read('detached'), 'one\n');
  native.close(writeFd);
  await world.waitForEnd(stream);
});

const NOFILE = 7;
const STREAMS = 1000;

test('a thousand streams share one file', {
  skip: native.getRlimit(NOFILE)[1] !== -1 && native.getRlimit(NOFILE)[1] < 4096 ? 'needs 4096 descriptors' : false,
}, async () => {
  native.setRlimit(NOFILE, 4096, native.getRlimit(NOFILE)[1]);
  const sink = open('thousand');
  const all = Array.from({ length: STREAMS }, () => world.open(sink));
  for (const round of [1, 2, 3]) {
    for (const { stream, writeFd } of all) writeSync(writeFd, `${stream} ${round}\n`);
  }
  for (const { writeFd } of all) native.close(writeFd);
  await world.waitForEnd(...all.map(({ stream }) => stream));
  const lines = read('thousand').trim().split('\n');
  assert.equal(lines.length, STREAMS * 3);
  for (const { stream } of all) {
    assert.equal(
      lines
        .filter((text) => text.startsWith(`${stream} `))
        .map((text) => text.at(-1))
        .join(''),
      '123',
    );
  }
  for (const { stream } of all) native.streamForget(stream);
});

function pumpSwitches(): number {
  const tasks = readdirSync('/proc/self/task').map((task) => `/proc/self/task/${task}`);
  const pump = tasks.find((task) => readFileSync(`${task}/comm`, 'utf8') === 'pump\n');
  const status = readFileSync(`${pump}/status`, 'utf8');
  return Number(/^voluntary_ctxt_switches:\s*(\d+)/m.exec(status)?.[1]);
}

test('nothing wakes the thread while nothing happens, blocked sinks and hung-up pipes included', async () => {
  execFileSync('mkfifo', [path('unread')]);
  const sink = open('unread');
  const idle = world.open(open('idle'));
  const blocked = world.run('head -c 150000 /dev/zero', sink);
  await world.waitFor('the writer’s end or a full FIFO', () => !native.pumpFlush(20));
  const hungUp = world.run('echo too late', sink);
  await world.waitFor('the second writer’s end', () => hungUp.child.exitCode !== null);
  settleBlocked();
  const before = pumpSwitches();
  execSync('i=0; while [ $i -lt 200000 ]; do i=$((i+1)); done');
  assert.equal(pumpSwitches(), before);
  assert.equal(world.ended.has(hungUp.stream), false);
  for (const { stream } of [blocked, hungUp, idle]) native.streamForget(stream);
  native.close(idle.writeFd);
});

/** A flush that cannot succeed still comes after all that was asked before it. */
function settleBlocked(): void {
  for (let i = 0; i < 5; i++) assert.equal(native.pumpFlush(20), false);
}
