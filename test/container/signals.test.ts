import assert from 'node:assert/strict';
import { appendFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { buildBaseImage, removeImages, startContainer } from '../support/container.ts';
import { missing } from '../support/requirements.ts';

const HEAD = `
[supervisord]
logfile=/dev/null
pidfile=/tmp/supervisord.pid
`;

const WORKER = `
[program:worker]
command=/bin/sh -c 'echo "worker: pid $$"; exec sleep 1000000'
stdout_logfile=/dev/stdout
`;

const STUBBORN = `
[program:stubborn]
command=/bin/sh -c 'trap "echo not yet" TERM; echo ready; while :; do sleep 1 & wait; done'
stopwaitsecs=600
stdout_logfile=/dev/stdout
`;

/** Port of Node's debugger, in hexadecimal as /proc/net/tcp has it. */
const DEBUGGER_PORT = '240D';

describe('signals to a container', { skip: missing('container engine') }, () => {
  let image = '';
  before(async () => {
    image = await buildBaseImage();
  });
  after(() => removeImages(image));

  it('starts a program again that is killed', async (t) => {
    const container = startContainer(t, { image, config: HEAD + WORKER });
    await container.waitForOutput(/success: worker entered RUNNING/);
    const [, pid = ''] = await container.waitForOutput(/^worker: pid (\d+)$/m);
    await container.exec('sh', '-c', `kill -9 ${pid}`);
    await container.waitForOutput(/exited: worker \(terminated by SIGKILL; not expected\)\n(.*\n)*worker: pid \d+\n/);
    assert.equal(await container.stop(10), 0);
  });

  it('ends with 0 within shutdown_timeout, whatever a program does', async (t) => {
    const config = `${HEAD}shutdown_timeout=2\n${WORKER}${STUBBORN}`;
    const container = startContainer(t, { image, config });
    await container.waitForOutput(/ready/);
    // The engine would kill it after 8 seconds, with 137.
    assert.equal(await container.stop(8), 0);
    assert.match(container.output(), /stopwaitsecs of 'stubborn' is cut from 600 to 1\.\d s to fit shutdown_timeout/);
    assert.match(container.output(), /killing 'stubborn' \(\d+\) with SIGKILL/);
  });

  it('kills at once on a second SIGTERM, and ends with 0', async (t) => {
    const container = startContainer(t, { image, config: HEAD + STUBBORN });
    await container.waitForOutput(/ready/);
    await container.signal('SIGTERM');
    await container.waitForOutput(/not yet/);
    await container.signal('SIGTERM');
    assert.equal(await container.exited, 0);
    assert.match(container.output(), /killing all programs at once/);
  });

  it('applies a changed configuration on SIGHUP, and leaves what did not change alone', async (t) => {
    const container = startContainer(t, { image, config: HEAD + WORKER });
    await container.waitForOutput(/success: worker entered RUNNING/);
    appendFileSync(join(container.dir, 'supervisord.conf'), '\n[program:second]\ncommand=sleep 1000000\n');
    await container.exec('sh', '-c', 'kill -HUP 1');
    await container.waitForOutput(/success: second entered RUNNING/);
    assert.equal(container.output().match(/spawned: 'worker'/g)?.length, 1);
    assert.equal(await container.stop(10), 0);
  });

  it('opens no debugger on SIGUSR1', async (t) => {
    const container = startContainer(t, { image, args: ['-e', 'blather'], config: HEAD + WORKER });
    await container.waitForOutput(/success: worker entered RUNNING/);
    await container.exec('sh', '-c', 'kill -USR1 1');
    await container.waitForOutput(/received SIGUSR1/);
    assert.doesNotMatch(await container.exec('cat', '/proc/net/tcp'), new RegExp(`:${DEBUGGER_PORT} `));
    assert.equal(await container.stop(10), 0);
    assert.doesNotMatch(container.output(), /Debugger/);
  });
});
