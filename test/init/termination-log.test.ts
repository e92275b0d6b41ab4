import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { renderTerminationMessage } from '../../src/init/termination-log.ts';

const MAX = 4096;

const rows = [
  { what: 'no output', why: 'why', output: '', text: 'why\n' },
  { what: 'a few lines', why: 'why', output: 'a\nb\n', text: 'why\na\nb\n' },
  { what: 'a last line without its newline', why: 'why', output: 'a\nb', text: 'why\na\nb\n' },
  { what: 'empty lines', why: 'why', output: '\n\na\n', text: 'why\n\n\na\n' },
];

describe('the termination message', () => {
  for (const { what, why, output, text } of rows) {
    it(`of ${what}`, () => assert.equal(renderTerminationMessage(why, output), text));
  }

  for (const character of ['x', 'é', '€', '😀']) {
    it(`stays within 4096 bytes of whole ${character}, the newest lines kept`, () => {
      const lines = Array.from({ length: 1000 }, (_, index) => `${index} ${character.repeat(7)}`);
      const text = renderTerminationMessage('why', lines.join('\n'));
      assert.ok(Buffer.byteLength(text) <= MAX && Buffer.byteLength(text) > MAX - 60);
      const kept = text.trimEnd().split('\n');
      assert.equal(kept[0], 'why');
      assert.deepEqual(kept.slice(1), lines.slice(1 - kept.length));
    });

    it(`cuts a reason of ${character} that alone is too long between characters`, () => {
      const text = renderTerminationMessage(character.repeat(MAX), 'line');
      assert.ok(Buffer.byteLength(text) <= MAX && Buffer.byteLength(text) > MAX - 5);
      assert.match(text, new RegExp(`^${character}+$`, 'u'));
    });
  }

  it('has room for exactly as much as there is', () => {
    const line = 'x'.repeat(MAX - 'why\n'.length - 1);
    assert.equal(Buffer.byteLength(renderTerminationMessage('why', line)), MAX);
    assert.equal(renderTerminationMessage('why', `${line}x`), 'why\n');
  });
});
