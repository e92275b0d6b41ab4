import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { BundleName } from '../../src/bin/bundle-file.ts';
import { chooseBundle } from '../../src/bin/choose-bundle.ts';

const OURS = 'initvisor.cjs';

/** Name that it was started under, its words, what it is; and the file in dist/, where that is another one. */
const ROWS: readonly (readonly [string, string, BundleName, string?])[] = [
  ['initvisor', '', 'initvisor'],
  ['initvisor', '-c file', 'initvisor'],
  ['initvisor', 'check -c file', 'initvisor'],
  ['initvisor', '-- cmd', 'init-mode'],
  ['initvisor', '-- check', 'init-mode'],
  ['initvisor', '--', 'init-mode'],
  ['initvisor', '-g -e 143 -- cmd -c file', 'init-mode'],
  ['initvisor', '-h --', 'init-mode'],
  ['initvisor', 'check -- cmd', 'initvisor'],
  ['initvisor', 'cmd --', 'initvisor'],
  ['initvisor', '-g cmd', 'initvisor'],
  ['initvisor.cjs', '-- cmd', 'init-mode'],
  ['a-link-of-mine', '-- cmd', 'init-mode'],
  ['tini', 'cmd', 'init-mode'],
  ['tini', '', 'init-mode'],
  ['dumb-init', '-c cmd', 'init-mode'],
  ['supervisord', '-- cmd', 'initvisor'],
  ['echo_supervisord_conf', '-- cmd', 'initvisor'],
  ['supervisorctl', '-- cmd', 'initvisorctl'],
  ['initvisorctl', '-- cmd', 'initvisorctl', 'initvisorctl.cjs'],
  ['initvisorctl', 'status', 'initvisorctl', 'initvisorctl.cjs'],
];

describe('what is run', () => {
  for (const [startedAs, words, expected, file = OURS] of ROWS) {
    it(`is ${expected} for: ${startedAs} ${words}`, () => {
      assert.equal(chooseBundle(startedAs, file, words.split(' ').filter(Boolean)), expected);
    });
  }
});
