import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { startDaemon } from '../support/daemon.ts';
import { freePort } from '../support/free-port.ts';

const HEAD = `[supervisord]
logfile=/dev/null
pidfile=%DIR%/pid
`;

/** A program that others wait for to be ready, and one that waits. */
const pair = (ready: string): string => `${HEAD}
[program:server]
${ready}

[program:client]
command=sleep 1000
depends_on=server:ready
`;

/** Answers pages with 200 until there is a file `sick` beside it, then with 500. */
const SERVER = `import { existsSync } from 'node:fs';
import { createServer } from 'node:http';
const server = createServer((_request, answer) => {
  answer.statusCode = existsSync(process.argv[3]) ? 500 : 200;
  answer.end('page');
});
server.listen(Number(process.argv[2]), '127.0.0.1', () => console.log('listening'));
`;

describe('a program that is to be ready', () => {
  const rows: readonly (readonly [check: string, ready: string])[] = [
    ['fd:', "command=/bin/sh -c 'sleep 0.2; echo >&4; exec sleep 1000'\nready_check=fd:4"],
    [
      'log:',
      'command=/bin/sh -c \'sleep 0.2; echo "now it is up" >&2; exec sleep 1000\'\nready_check=log:is (up|there)$',
    ],
    ['exec:', "command=/bin/sh -c 'sleep 0.2; touch %DIR%/up; exec sleep 1000'\nready_check=exec:test -e %DIR%/up"],
  ];
  for (const [check, ready] of rows) {
    it(`tells by ${check}, and nobody starts before`, async (t) => {
      const daemon = startDaemon(t, { config: pair(ready) });
      await daemon.waitForOutput(
        /'client' waits for server:ready\n(.*\n)*.*ready: server, after .*\n.*spawned: 'client'/,
      );
      assert.equal(await daemon.stop(), 0);
    });
  }

  for (const check of ['http', 'tcp']) {
    it(`is asked by ${check}://`, async (t) => {
      const port = await freePort();
      const ready = `command=${process.execPath} %DIR%/server.mjs ${port} %DIR%/sick\nready_check=${check}://127.0.0.1:${port}`;
      const daemon = startDaemon(t, { config: pair(ready), files: { 'server.mjs': SERVER } });
      await daemon.waitForOutput(/ready: server, after .*\n.*spawned: 'client'/);
      assert.equal(await daemon.stop(), 0);
    });
  }

  it('and does not become it in time has failed to start, and ends the container as any such', async (t) => {
    const port = await freePort();
    const daemon = startDaemon(t, {
      config: `${HEAD}exit_on_fatal=true
[program:server]
command=sleep 1000
ready_check=tcp://127.0.0.1:${port}
ready_timeout=0.3
startretries=0
`,
    });
    assert.equal(await daemon.exited, 143);
    assert.match(
      daemon.output(),
      /stopping 'server': not ready within 0.3 seconds: connection refused \(ECONNREFUSED\)/,
    );
    assert.match(daemon.output(), /server entered FATAL state \(not ready within 0.3 seconds/);
  });
});

describe('a program that is to be well', () => {
  const config = (port: number, action: string): string => `${HEAD}
[program:server]
command=${process.execPath} %DIR%/server.mjs ${port} %DIR%/sick
health_check=http://127.0.0.1:${port}/
health_interval=0.1
health_retries=2
health_action=${action}

[program:nurse]
command=/bin/sh -c 'touch %DIR%/sick; exec sleep 1000'
depends_on=server:ready
`;

  it('is restarted when it is not', async (t) => {
    const daemon = startDaemon(t, { config: config(await freePort(), 'restart'), files: { 'server.mjs': SERVER } });
    await daemon.waitForOutput(/restarting 'server': unhealthy: HTTP 500\n(.*\n)*.*spawned: 'server'/);
    assert.equal(await daemon.stop(), 0);
  });

  it('ends the container with 1 where it is for that', async (t) => {
    const daemon = startDaemon(t, { config: config(await freePort(), 'shutdown'), files: { 'server.mjs': SERVER } });
    assert.equal(await daemon.exited, 1);
    assert.match(daemon.output(), /shutting down: server is unhealthy \(HTTP 500\)/);
  });
});
