import assert from 'node:assert/strict';
import { it } from 'node:test';
import { BoundedBytes } from '../../src/logging/bounded-bytes.ts';

const ROWS: readonly (readonly [pieces: readonly string[], held: string])[] = [
  [[], ''],
  [['abc', 'def'], 'abcdef'],
  [['0123456789'], '0123456789'],
  [['0123456789', 'ab'], '23456789ab'],
  [['01234567', 'abcde'], '567abcde'],
  [['012', 'abcdefghijklm'], 'abcdefghijklm'],
];

for (const [pieces, held] of ROWS) {
  it(`of ${JSON.stringify(pieces)} ten bytes hold ${held}`, () => {
    const bytes = new BoundedBytes(10);
    for (const piece of pieces) bytes.append(Buffer.from(piece));
    assert.equal(bytes.take().toString(), held);
    assert.equal(bytes.take().length, 0, 'once');
  });
}
