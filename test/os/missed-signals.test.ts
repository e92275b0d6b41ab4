import assert from 'node:assert/strict';
import { test } from 'node:test';
import { missedSignals } from '../../src/os/missed-signals.ts';

const rows = [
  { what: 'both handlers are there', mask: '0000000000004002', missed: [] },
  { what: 'the one for TERM is used up', mask: '0000000000000002', missed: ['SIGTERM'] },
  { what: 'the one for INT is used up', mask: '0000000188004000', missed: ['SIGINT'] },
  { what: 'this Node never had any', mask: '0000000000000000', missed: [] },
] as const;

for (const { what, mask, missed } of rows) {
  test(`${missed.length > 0 ? missed : 'nothing'} was missed when ${what}`, () => {
    assert.deepEqual(missedSignals(`Name:\tnode\nSigIgn:\t0000000000001000\nSigCgt:\t${mask}\nCapInh:\t0\n`), missed);
  });
}

test('nothing is known of a status without masks', () => assert.deepEqual(missedSignals(''), []));
