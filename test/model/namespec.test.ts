import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { joinNamespec, splitNamespec } from '../../src/model/namespec.ts';

const rows = [
  ['a', 'a', 'a'],
  ['g:a', 'g', 'a'],
  ['g:*', 'g', undefined],
  ['g:', 'g', undefined],
  ['g:a:b', 'g', 'a:b'],
  [':a', '', 'a'],
  ['', '', ''],
] as const;

describe('a name on the command line', () => {
  for (const [text, group, process] of rows) {
    it(`"${text}" means ${process ?? 'every process'} of ${group}`, () => {
      assert.deepEqual(splitNamespec(text), { group, process });
    });
  }

  it('is short where process and group have one name', () => {
    assert.equal(joinNamespec('a', 'a'), 'a');
    assert.equal(joinNamespec('g', 'a'), 'g:a');
  });
});
