import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { INITVISOR, startDaemon } from '../support/daemon.ts';
import { missing } from '../support/requirements.ts';

// As in a container, where root may not look into every process: only into those that are "dumpable".
const WITHOUT_PTRACE = ['setpriv', '--bounding-set=-sys_ptrace', process.execPath, INITVISOR] as const;

const CONFIG = `
[supervisord]
logfile=/dev/null
pidfile=%DIR%/pid

[program:first]
command=sleep 1000
user=nobody

[program:second]
command=/bin/sh -c 'readlink /proc/$PPID/fd/0 >/dev/null && echo readable || echo closed; exec sleep 1000'
stdout_logfile=/dev/stdout
redirect_stderr=true
`;

describe('the daemon to others', () => {
  it('stays open by /proc to root after a program was started as another user', {
    skip: missing('root'),
  }, async (t) => {
    const daemon = startDaemon(t, { config: CONFIG, command: WITHOUT_PTRACE });
    const [said] = await daemon.waitForOutput(/^readable$|^closed$/m);
    assert.equal(said, 'readable');
    assert.equal(await daemon.stop(), 0);
  });
});
