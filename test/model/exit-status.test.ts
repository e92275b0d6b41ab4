import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import {
  exitedWith,
  killedBy,
  killedForMemory,
  renderExitStatus,
  shellExitStatus,
  wireExitStatus,
  withMemoryKill,
} from '../../src/model/exit-status.ts';

const rows = [
  { status: exitedWith(0), text: 'exit status 0', shell: 0, wire: 0 },
  { status: exitedWith(255), text: 'exit status 255', shell: 255, wire: 255 },
  { status: killedBy(15), text: 'terminated by SIGTERM', shell: 143, wire: -1 },
  { status: killedBy(9, true), text: 'terminated by SIGKILL (core dumped)', shell: 137, wire: -1 },
  { status: killedBy(40), text: 'terminated by signal 40', shell: 168, wire: -1 },
  { status: killedForMemory(), text: 'killed by the kernel: out of memory', shell: 137, wire: -1 },
];

describe('an exit status', () => {
  for (const { status, text, shell, wire } of rows) {
    it(`"${text}" is ${shell} to a shell and ${wire} to a client`, () => {
      assert.equal(renderExitStatus(status), text);
      assert.equal(shellExitStatus(status), shell);
      assert.equal(wireExitStatus(status), wire);
    });
  }

  it('completes a reason that does not know of a kill for memory, and no other', () => {
    assert.equal(withMemoryKill('too quick', killedForMemory()), 'too quick; killed by the kernel: out of memory');
    for (const status of [killedBy(9), exitedWith(137), null])
      assert.equal(withMemoryKill('too quick', status), 'too quick');
  });
});
