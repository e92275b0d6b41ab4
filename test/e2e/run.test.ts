import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { startDaemon } from '../support/daemon.ts';
import { missing } from '../support/requirements.ts';

const CONFIG = `
[supervisord]
logfile=%DIR%/main.log
pidfile=%DIR%/pid

[program:web]
command=/bin/sh -c 'echo hello; exec sleep 1000'
stdout_logfile=/dev/stdout
`;

describe('the daemon', () => {
  for (const asPid1 of [false, true]) {
    const skip = asPid1 && missing('root', 'pid namespaces');
    it(`runs a program and ends with 0 on SIGTERM, ${asPid1 ? '' : 'not '}as PID 1`, { skip }, async (t) => {
      const daemon = startDaemon(t, { config: CONFIG, asPid1 });
      await daemon.waitForOutput(/hello/);
      await daemon.waitForOutput(/success: web entered RUNNING/);
      assert.equal(await daemon.stop(), 0);
      assert.match(daemon.output(), /stopped: web \(terminated by SIGTERM\)/);
    });
  }
});
