import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { describe, it } from 'node:test';
import { INITVISOR, ROOT } from '../support/daemon.ts';

const FAILURES: Readonly<Record<string, string>> = {
  '/no/such/cc':
    'cannot build the native addon: no C compiler ("/no/such/cc"); install one, for example Debian\'s gcc and libc6-dev, or set CC',
  false: 'cannot build the native addon: "false" ended with status 1',
};

describe('a build', () => {
  for (const [compiler, said] of Object.entries(FAILURES)) {
    it(`with CC=${compiler} says in one sentence what is missing, and leaves what was built`, () => {
      const before = readdirSync(dirname(INITVISOR));
      const { status, stdout, stderr } = spawnSync(
        process.execPath,
        ['--import', 'tsx', 'src/bin/build.ts', '--addon'],
        { cwd: ROOT, env: { ...process.env, CC: compiler }, encoding: 'utf8' },
      );
      assert.deepEqual({ status, stdout, stderr }, { status: 1, stdout: '', stderr: `${said}\n` });
      assert.deepEqual(readdirSync(dirname(INITVISOR)), before);
    });
  }
});
