import assert from 'node:assert/strict';
import { it } from 'node:test';
import { lastLine, printable } from '../../src/probes/printable.ts';

it('makes one clean line of any text', () => {
  const rows: readonly (readonly [text: string, line: string])[] = [
    ['', ''],
    ['  plain  ', 'plain'],
    ['a\tb', 'a b'],
    ['\x1b[1;31mred\x1b[0m \x1b[?25l', 'red'],
    ['a\0b\x07c\x7f\x9b\u2028d\r\n', 'abcd'],
    ['0123456789a', '012345678…'],
    ['0123456789', '0123456789'],
    ['ünï', 'ünï'],
  ];
  for (const [text, line] of rows) assert.equal(printable(text, 10), line);
});

it('finds the last line that says anything', () => {
  const rows: readonly (readonly [output: string, line: string])[] = [
    ['', ''],
    ['\n\n', ''],
    ['one\ntwo', 'two'],
    ['one\ntwo\n\n \r\n', 'two'],
    ['one\n\x1b[0m\n', 'one'],
  ];
  for (const [output, line] of rows) assert.equal(lastLine(Buffer.from(output), 100), line);
  assert.equal(lastLine(Buffer.from([0xff, 0x41]), 100), '\ufffdA');
});
