import assert from 'node:assert/strict';
import { it } from 'node:test';
import { LineSplitter } from '../../src/logging/line-splitter.ts';

const ROWS: readonly (readonly [input: string, lines: readonly string[]])[] = [
  ['', []],
  ['a\nb\n', ['a', 'b']],
  ['a\n\nrest', ['a', '', 'rest']],
  ['12345\n', ['12345']],
  ['1234567890abc\nd', ['12345', '67890', 'abc', 'd']],
];

for (const [input, lines] of ROWS) {
  it(`${JSON.stringify(input)} is the same lines however it is split`, () => {
    for (let at = 0; at <= input.length; at++) {
      const splitter = new LineSplitter(5);
      const got = [input.slice(0, at), input.slice(at)].flatMap((piece) => splitter.push(Buffer.from(piece)));
      assert.deepEqual([...got, ...splitter.end()].map(String), lines, `split at ${at}`);
      assert.deepEqual(splitter.end(), []);
    }
  });
}
