import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { INITVISOR, OWN_FILES, startDaemon } from '../support/daemon.ts';
import { missing } from '../support/requirements.ts';

/** A /dev of its own, which nobody else sees, and in it whatever `prepare` does. */
const ownDev = (prepare: string, ...flags: string[]) =>
  [
    ...(['unshare', '--mount'] as const),
    ...flags,
    ...['sh', '-c'],
    `mount -t tmpfs none /dev && mknod -m 666 /dev/null c 1 3 && ${prepare} exec "$@"`,
    ...['sh', process.execPath, INITVISOR],
  ] as const;

/** Prints every datagram that comes to /dev/log, which is there when this returns. */
const RECEIVER = `python3 -c '
import os, socket
s = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
s.bind("/dev/log")
if os.fork(): os._exit(0)
while True: print("GOT", s.recv(65536).decode(), flush=True)' &&`;

const program = (script: string) =>
  `[program:p]\ncommand=sh -c "${script}"\nstdout_syslog=true\nstdout_logfile=%DIR%/p.log\nstartsecs=0\nautorestart=false\n`;

describe('syslog', () => {
  it('gets lines whole, the last without an end, and the main log', {
    skip: missing('root', 'supervisor'),
  }, async (t) => {
    const config = `[supervisord]\nlogfile=syslog\npidfile=%DIR%/pid\nsilent=true\n${program('printf one; sleep 0.2; echo -two; printf rest')}`;
    const daemon = startDaemon(t, { config, command: ownDev(RECEIVER, '--pid', '--fork', '--kill-child') });
    await daemon.waitForOutput(/^GOT <14>[A-Z][a-z]{2} [ \d]\d \d\d:\d\d:\d\d initvisor: p one-two$/m);
    await daemon.waitForOutput(/^GOT .* initvisor: p rest$/m);
    await daemon.waitForOutput(
      /^GOT .* initvisor: \d{4}-\d\d-\d\d \d\d:\d\d:\d\d,\d{3} INFO spawned: 'p' with pid \d+$/m,
    );
  });

  it('that is not there is said once, and costs nothing', { skip: missing('root') }, async (t) => {
    const daemon = startDaemon(t, { config: OWN_FILES + program('seq 1 1000'), command: ownDev('') });
    await daemon.waitForOutput(/cannot write to syslog: ENOENT/);
    await daemon.waitForOutput(/exited: p/);
    assert.equal(await daemon.stop(), 0);
    assert.equal(daemon.output().split('cannot write to syslog').length, 2);
  });
});
