import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { after, test } from 'node:test';
import type { ConsoleForm } from '../../src/os/stream-console.ts';
import { createPumpWorld } from './pump-fixtures/pump-world.ts';

const world = createPumpWorld();

after(() => world.close());

const NEWLINE = 0x0a;

/** Around these the code changes from steps to single bytes, and from a block to the next. */
const OFFSETS = [...Array(36).keys(), ...Array.from({ length: 20 }, (_, i) => 4096 - 18 + i)];
const LENGTHS_AFTER = [0, 1, 7, 8, 15, 16, 33];

const BYTES = Array.from({ length: 256 }, (_, byte) => [byte]).filter(([byte]) => byte !== NEWLINE);

const CHARACTERS = ['é', '\u07ff', '\u0800', '€', '\ud7ff', '\ue000', '\uffff', '😀', '\u{10ffff}', 'é€😀"\\\t€'].map(
  (text) => [...Buffer.from(text)],
);

const NO_CHARACTERS = [
  [0xc3],
  [0xe2, 0x82],
  [0xf0, 0x9f, 0x98],
  [0xf0, 0x9f, 0x98, 0xf0, 0x9f, 0x98, 0x80],
  [0xc0, 0x80],
  [0xc1, 0xbf],
  [0xe0, 0x9f, 0xbf],
  [0xed, 0xa0, 0x80],
  [0xf0, 0x8f, 0xbf, 0xbf],
  [0xf4, 0x90, 0x80, 0x80],
  [0xf5, 0x80, 0x80, 0x80],
  [0x80, 0xbf],
  [0xe2, 0x22, 0x82],
  [0xff, 0xfe],
];

function* tricky(): Generator<Buffer> {
  for (const offset of OFFSETS) {
    const before = Buffer.alloc(offset, 'abcdefghijklmnopqrstuvwxyz');
    for (const [index, bytes] of [...BYTES, ...CHARACTERS, ...NO_CHARACTERS].entries()) {
      // One length of each case at each offset, and each in its turn: all of them would be too many.
      const after = Buffer.alloc(LENGTHS_AFTER[(index + offset) % LENGTHS_AFTER.length] ?? 0, 'z');
      yield Buffer.concat([before, Buffer.from(bytes), after]);
    }
  }
  for (const bytes of [...CHARACTERS, ...NO_CHARACTERS, [0x01], [0x22]]) {
    for (const length of [40, 4200]) yield Buffer.alloc(length, Buffer.from(bytes));
  }
  yield Buffer.alloc(65_536, '\x01');
  yield Buffer.alloc(65_536, 'x');
}

const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

function decode(bytes: Buffer): string | null {
  try {
    return decoder.decode(bytes);
  } catch {
    return null;
  }
}

/** With U+FFFD for every byte that is no part of a character, where a decoder has one for several. */
function textOf(line: Buffer): string {
  const whole = decode(line);
  if (whole !== null) return whole;
  const parts: string[] = [];
  for (let at = 0; at < line.length; ) {
    const isAscii = (line[at] ?? 0) < 0x80;
    const length = isAscii ? 1 : [2, 3, 4].find((count) => decode(line.subarray(at, at + count)) !== null);
    parts.push(length === undefined ? '\ufffd' : line.toString('utf8', at, at + length));
    at += length ?? 1;
  }
  return parts.join('');
}

/** Of a line that is an object in UTF-8; null for any other. */
function membersOf(line: Buffer): object | null {
  try {
    return JSON.parse(decode(line) ?? '');
  } catch {
    return null;
  }
}

function linesOf(bytes: Buffer): Buffer[] {
  const lines: Buffer[] = [];
  for (let at = 0; at < bytes.length; ) {
    const end = bytes.indexOf(NEWLINE, at);
    lines.push(bytes.subarray(at, end));
    at = end + 1;
  }
  return lines;
}

async function show(form: ConsoleForm, lines: readonly Buffer[]): Promise<Buffer[]> {
  const { native, path } = world;
  writeFileSync(path('lines'), Buffer.concat(lines.flatMap((line) => [line, Buffer.from('\n')])));
  writeFileSync(path('shown'), '');
  const sink = native.sinkOpenFile({ path: path('shown'), maxBytes: 0, backups: 0 });
  const style = { prefix: 'web | ', program: '"program":"w\\"eb"', channel: '"stream":"stdout"' };
  const console = { sink, form, ...style, linesASecond: 0, limitWith: null };
  const { stream } = world.run(`exec cat '${path('lines')}'`, null, { console });
  await world.waitForEnd(stream);
  world.settle();
  native.streamForget(stream);
  native.sinkClose(sink);
  return linesOf(readFileSync(path('shown')));
}

const OWN = { program: 'w"eb', stream: 'stdout' };

function assertMembers(shown: Buffer | undefined, expected: object, what: Buffer): void {
  const { ts, ...members } = JSON.parse(decode(shown ?? Buffer.from('')) ?? '');
  assert.match(ts, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
  assert.deepEqual(members, { ...OWN, ...expected }, what.toString('latin1'));
}

test('a line as JSON is its text again, wherever a byte or character lies in it', async () => {
  const lines = [...tricky()];
  const shown = await show('json', lines);
  assert.equal(shown.length, lines.length);
  for (const [index, line] of lines.entries()) assertMembers(shown[index], { message: textOf(line) }, line);
});

test('an object keeps its members when it is JSON, wherever a byte or character lies in it', async () => {
  const lines = [...tricky()].map((text) => Buffer.concat([Buffer.from('{"k":"'), text, Buffer.from('"}')]));
  const short = lines.filter((line) => line.length <= 65_536);
  const shown = await show('json', short);
  assert.equal(shown.length, short.length);
  for (const [index, line] of short.entries()) {
    assertMembers(shown[index], membersOf(line) ?? { message: textOf(line) }, line);
  }
});

test('a line after a prefix is as it was', async () => {
  const lines = [...tricky()];
  const shown = await show('prefix', lines);
  assert.equal(shown.length, lines.length);
  for (const [index, line] of lines.entries()) {
    const expected = Buffer.concat([Buffer.from('web | '), line]);
    assert.ok(shown[index]?.equals(expected), line.toString('latin1'));
  }
});
