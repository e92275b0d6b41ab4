import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { renderExitMessage } from '../../src/init/exit-message.ts';
import { exitedWith, killedBy, killedForMemory } from '../../src/model/exit-status.ts';

const rows = [
  [{ kind: 'requested', by: 'SIGTERM' }, 0, 'stopped on request (SIGTERM); exit status 0'],
  [
    { kind: 'fatal', id: 'a:a', status: exitedWith(3), why: 'Exited too quickly' },
    3,
    'a entered FATAL state: Exited too quickly; exit status 3',
  ],
  [{ kind: 'main', id: 'g:a', status: exitedWith(0) }, 0, 'main program g:a ended (exit status 0); exit status 0'],
  [{ kind: 'fatal', id: 'a:a', status: null, why: '' }, 1, 'a entered FATAL state: never ran; exit status 1'],
  [
    { kind: 'main', id: 'a:a', status: killedBy(9) },
    137,
    'main program a ended (terminated by SIGKILL); exit status 137',
  ],
  [
    { kind: 'main', id: 'a:a', status: killedForMemory() },
    137,
    'main program a ended (killed by the kernel: out of memory); exit status 137',
  ],
  [
    { kind: 'fatal', id: 'a:a', status: killedForMemory(), why: 'Exited too quickly' },
    137,
    'a entered FATAL state: Exited too quickly; killed by the kernel: out of memory; exit status 137',
  ],
] as const;

describe('the line that tells why the container is gone', () => {
  for (const [culprit, status, text] of rows) it(text, () => assert.equal(renderExitMessage(culprit, status), text));
});
