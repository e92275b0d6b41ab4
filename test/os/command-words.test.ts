import assert from 'node:assert/strict';
import { test } from 'node:test';
import { splitCommand } from '../../src/os/command-words.ts';

const rows: [string, readonly string[]][] = [
  ['', []],
  [' \t\r\n ', []],
  ["a 'b c' d", ['a', 'b c', 'd']],
  ['a "b\\"c" \\$x', ['a', 'b"c', '$x']],
  ['a\\\nb', ['a\nb']],
  ["''", ['']],
  ['a""b', ['ab']],
  ["a '' b", ['a', '', 'b']],
  ['a # b', ['a', '#', 'b']],
  ['"\\a\\\\"', ['\\a\\']],
  ['a\rb\nc', ['a', 'b', 'c']],
  ['a\u000bb', ['a\u000bb']],
  ['a\u00a0b', ['a\u00a0b']],
  ["é'ü'😀\\😀", ['éü😀😀']],
  ['a "$b\\`" | > & ;', ['a', '$b\\`', '|', '>', '&', ';']],
  [`'a"b'"c'd"`, [`a"bc'd`]],
];

for (const [command, words] of rows) {
  test(`${JSON.stringify(command)} has the words ${JSON.stringify(words)}`, () => {
    assert.deepEqual(splitCommand(command), { words });
  });
}

const open: [string, string][] = [
  ["a 'x", 'No closing quotation'],
  ["a 'x\\", 'No closing quotation'],
  ['a "x', 'No closing quotation'],
  ['a "x\\"', 'No closing quotation'],
  ['a \\', 'No escaped character'],
  ['a "b\\', 'No escaped character'],
  ['a "b\\\\', 'No closing quotation'],
];

for (const [command, problem] of open) {
  test(`${JSON.stringify(command)} ends too early: ${problem}`, () => {
    assert.deepEqual(splitCommand(command), { problem });
  });
}
