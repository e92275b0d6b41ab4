import assert from 'node:assert/strict';
import {
  existsSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { after, test } from 'node:test';
import { createPumpWorld } from './pump-fixtures/pump-world.ts';

const world = createPumpWorld();
const { native, path, settle } = world;

after(() => world.close());

const line = (i: number): string => `line ${i} 123456789\n`;
const lines = (...numbers: number[]): string => numbers.map(line).join('');
const read = (file: string): string | null => (existsSync(file) ? readFileSync(file, 'utf8') : null);

function writeLines(file: string, backups: number, numbers: readonly number[]): void {
  const sink = native.sinkOpenFile({ path: file, maxBytes: 40, backups });
  for (const number of numbers) native.sinkWrite(sink, line(number));
  native.sinkClose(sink);
  settle();
}

// Source: appendix A of the behaviour reference; eight lines of 17 bytes, maxbytes 40.
const vectors: [number, (string | null)[]][] = [
  [2, [lines(7, 8), lines(4, 5, 6), lines(1, 2, 3), null]],
  [1, [lines(7, 8), lines(4, 5, 6), null]],
  [0, [lines(7, 8), null]],
];

for (const [backups, expected] of vectors) {
  test(`eight lines over 40 bytes with ${backups} backups end up as in Supervisor`, () => {
    assert.equal(line(1).length, 17);
    const file = path(`vector-${backups}`);
    writeLines(file, backups, [1, 2, 3, 4, 5, 6, 7, 8]);
    assert.deepEqual(
      expected.map((_, i) => read(i === 0 ? file : `${file}.${i}`)),
      expected,
    );
  });
}

test('a program’s chunk is never split, so a file overshoots', async () => {
  const file = path('chunk');
  const sink = native.sinkOpenFile({ path: file, maxBytes: 10, backups: 1 });
  const { stream } = world.run("printf '%s' 0123456789abcdef", sink);
  await world.waitForEnd(stream);
  assert.deepEqual([read(file), read(`${file}.1`)], ['', '0123456789abcdef']);
});

test('what a file holds already counts, and a full one is rotated after the next write only', () => {
  const file = path('old');
  writeFileSync(file, lines(1, 2, 3, 4));
  writeLines(file, 1, [5]);
  assert.deepEqual([read(file), read(`${file}.1`)], ['', lines(1, 2, 3, 4, 5)]);
});

test('a gap among the backups is tolerated', () => {
  const file = path('gap');
  writeFileSync(`${file}.2`, 'two');
  writeLines(file, 3, [1, 2, 3]);
  assert.deepEqual(
    [1, 2, 3].map((i) => read(`${file}.${i}`)),
    [lines(1, 2, 3), null, 'two'],
  );
});

test('a file that somebody removed is made again by rotation', () => {
  const file = path('removed');
  const sink = native.sinkOpenFile({ path: file, maxBytes: 40, backups: 1 });
  native.sinkWrite(sink, line(1));
  settle();
  rmSync(file);
  for (const number of [2, 3, 4]) native.sinkWrite(sink, line(number));
  settle();
  assert.deepEqual([read(file), read(`${file}.1`)], [line(4), null]);
});

test('a file that somebody truncated starts counting anew', () => {
  const file = path('truncated');
  const sink = native.sinkOpenFile({ path: file, maxBytes: 40, backups: 1 });
  native.sinkWrite(sink, lines(1, 2));
  settle();
  truncateSync(file);
  native.sinkWrite(sink, lines(3, 4));
  settle();
  assert.deepEqual([read(file), read(`${file}.1`)], [lines(3, 4), null]);
});

test('a rename that fails is reported once and logging goes on in the base file', async () => {
  const file = path('stuck');
  // A directory cannot be replaced by a file.
  mkdirSync(`${file}.1`);
  writeFileSync(`${file}.1/inside`, '');
  const sink = native.sinkOpenFile({ path: file, maxBytes: 40, backups: 1 });
  const numbers = [1, 2, 3, 4, 5, 6, 7];
  for (const number of numbers) native.sinkWrite(sink, line(number));
  settle();
  assert.equal(read(file), lines(...numbers));
  const reports = () => world.reports.filter((report) => report.sink === sink);
  await world.waitFor('a report', () => reports().length > 0);
  assert.deepEqual(reports(), [{ sink, errno: 'EISDIR', lostBytes: 0 }]);

  rmSync(`${file}.1`, { recursive: true });
  for (const number of [8, 9]) native.sinkWrite(sink, line(number));
  await world.waitFor('the end of the trouble', () => reports().length > 1);
  assert.deepEqual(reports()[1], { sink, errno: null, lostBytes: 0 });
  // Not at every write but once there are 40 bytes more.
  assert.deepEqual([read(file), read(`${file}.1`)], ['', lines(...numbers, 8, 9)]);
});

test('rotation through a symbolic link moves the link, as Supervisor’s does', () => {
  const file = path('link');
  symlinkSync(path('target'), file);
  writeLines(file, 1, [1, 2, 3, 4]);
  assert.deepEqual([read(file), read(`${file}.1`), read(path('target'))], [line(4), lines(1, 2, 3), lines(1, 2, 3)]);
});

test('reopening and clearing race with rotation and lose no order', () => {
  const file = path('race');
  const sink = native.sinkOpenFile({ path: file, maxBytes: 40, backups: 120 });
  for (let i = 0; i < 300; i++) {
    native.sinkWrite(sink, line(i % 10));
    if (i % 3 === 0) native.sinkReopen(sink);
  }
  settle();
  const files = Array.from({ length: 121 }, (_, i) => (i === 120 ? file : `${file}.${120 - i}`));
  const text = files.map((name) => read(name) ?? '').join('');
  assert.equal(text, Array.from({ length: 300 }, (_, i) => line(i % 10)).join(''));
  native.sinkClear(sink);
  assert.equal(read(file), '');
});

test('after an outside rename and reopen new lines go to a new file', () => {
  const file = path('outside');
  const sink = native.sinkOpenFile({ path: file, maxBytes: 0, backups: 0 });
  native.sinkWrite(sink, line(1));
  settle();
  renameSync(file, `${file}.old`);
  native.sinkWrite(sink, line(2));
  native.sinkReopen(sink);
  native.sinkWrite(sink, line(3));
  settle();
  assert.deepEqual([read(`${file}.old`), read(file)], [lines(1, 2), line(3)]);
});
