import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import {
  exitedWith,
  killedBy,
  renderExitStatus,
  shellExitStatus,
  wireExitStatus,
} from '../../src/model/exit-status.ts';

const rows = [
  { status: exitedWith(0), text: 'exit status 0', shell: 0, wire: 0 },
  { status: exitedWith(255), text: 'exit status 255', shell: 255, wire: 255 },
  { status: killedBy(15), text: 'terminated by SIGTERM', shell: 143, wire: -1 },
  { status: killedBy(9, true), text: 'terminated by SIGKILL (core dumped)', shell: 137, wire: -1 },
  { status: killedBy(40), text: 'terminated by signal 40', shell: 168, wire: -1 },
];

describe('an exit status', () => {
  for (const { status, text, shell, wire } of rows) {
    it(`"${text}" is ${shell} to a shell and ${wire} to a client`, () => {
      assert.equal(renderExitStatus(status), text);
      assert.equal(shellExitStatus(status), shell);
      assert.equal(wireExitStatus(status), wire);
    });
  }
});
