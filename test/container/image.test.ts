import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { buildBaseImage, engine, removeImages, startContainer } from '../support/container.ts';
import { missing } from '../support/requirements.ts';

const WEB = `
[supervisord]
logfile=/dev/null
pidfile=/tmp/supervisord.pid

[program:web]
command=/bin/sh -c 'echo hello; echo trouble >&2; exec sleep 1000000'
environment=COLOUR="green"
stdout_logfile=/dev/stdout
stderr_logfile=/dev/stderr
`;

const mainProgram = (command: string) => `${WEB}
[program:job]
command=/bin/sh -c '${command}'
main=true
startsecs=0
stdout_logfile=/dev/stdout
`;

describe('the image', { skip: missing('container engine') }, () => {
  let image = '';
  before(async () => {
    image = await buildBaseImage();
  });
  after(() => removeImages(image));

  const RUNS: readonly (readonly [name: string, words: readonly string[], output: RegExp])[] = [
    ['initvisor', ['-v'], /^\d+\.\d+\.\d+\n$/],
    ['supervisord', ['-v'], /^\d+\.\d+\.\d+\n$/],
    ['echo_supervisord_conf', [], /^;\[program:/m],
    ['supervisorctl', ['help', 'pid'], /^pid\t\t\tGet the PID of supervisord\./],
    ['initvisorctl', ['completion', 'bash'], /initvisorctl/],
    ['sh', ['-c', 'command -v cc gcc make python3 || echo none'], /^none\n$/],
  ];
  for (const [name, words, expected] of RUNS) {
    it(`runs ${[name, ...words].join(' ')}`, async () => {
      assert.match(await engine('run', '--rm', '--entrypoint', name, image, ...words), expected);
    });
  }

  it('says where it looked when there is no configuration', async () => {
    await assert.rejects(engine('run', '--rm', image), (error: Error & { code: number }) => {
      assert.match(error.message, /No config file found at default paths \(.*\/etc\/supervisor\/supervisord\.conf/);
      return error.code === 2;
    });
  });

  it('shows the output of programs in the logs of the container, and ends with 0 when it is stopped', async (t) => {
    const container = startContainer(t, { image, config: WEB });
    await container.waitForOutput(/success: web entered RUNNING/);
    const logs = await engine('logs', container.name);
    for (const line of [/^hello$/m, /^trouble$/m, /INFO spawned: 'web' with pid \d+/]) assert.match(logs, line);
    assert.equal(await container.stop(10), 0);
    assert.match(container.output(), /received SIGTERM .*\n(.*\n)*.*stopped: web \(terminated by SIGTERM\)/);
  });

  it('lets commands be run in the container', async (t) => {
    const container = startContainer(t, { image, config: WEB });
    await container.waitForOutput(/hello/);
    assert.equal(await container.exec('sh', '-c', 'tr "\\0" " " </proc/1/cmdline | cut -d" " -f1'), 'node\n');
    await assert.rejects(container.exec('sh', '-c', 'exit 7'), { code: 7 });
    const environment = await container.exec('sh', '-c', 'cat /proc/[0-9]*/environ | tr "\\0" "\\n"');
    assert.match(environment, /^COLOUR=green$/m);
  });

  it('takes lines that a command writes to the output of PID 1, whatever users programs run as', async (t) => {
    const container = startContainer(t, { image, config: `${WEB}user=www-data\n` });
    await container.waitForOutput(/hello/);
    await container.exec('sh', '-c', 'echo from exec >/proc/1/fd/1');
    await container.waitForOutput(/^from exec$/m);
    assert.equal(await container.stop(10), 0);
  });

  it('behaves as supervisord under its name', async (t) => {
    const flags = ['--entrypoint', 'supervisord'];
    const container = startContainer(t, { image, flags, args: ['-n'], config: WEB });
    await container.waitForOutput(/hello/);
    assert.equal(await container.stop(10), 0);
  });

  it('runs one command after --, without a configuration', async () => {
    assert.equal(await engine('run', '--rm', image, '--', 'sh', '-c', 'echo $PPID'), '1\n');
    await assert.rejects(engine('run', '--rm', image, '--', 'sh', '-c', 'exit 7'), { code: 7 });
    await assert.rejects(engine('run', '--rm', image, '--', 'sh', '-c', 'kill -9 $$'), { code: 137 });
    const id = (await engine('run', '--detach', image, '-e', '143', '--', 'sleep', '1000')).trim();
    try {
      await engine('stop', '--time', '10', id);
      assert.equal(await engine('wait', id), '0\n');
    } finally {
      await engine('rm', '--force', id);
    }
  });

  const ENDS: readonly (readonly [what: string, config: string, status: number, reason: RegExp])[] = [
    [
      'the status of the main program',
      mainProgram('echo failed; exit 7'),
      7,
      /^main program job ended \(exit status 7\); exit status 7\nfailed\n$/,
    ],
    ['0 when the main program did', mainProgram('exit 0'), 0, /^main program job ended \(exit status 0\)/],
    ['128 and the signal that killed it', mainProgram('kill -9 $$'), 137, /ended \(terminated by SIGKILL\)/],
  ];
  for (const [what, config, status, reason] of ENDS) {
    it(`ends with ${what}, and says why in the termination log`, async (t) => {
      const flags = ['--volume', '%DIR%/message:/dev/termination-log'];
      const container = startContainer(t, { image, flags, config, files: { message: '' } });
      assert.equal(await container.exited, status, container.output());
      assert.match(readFileSync(join(container.dir, 'message'), 'utf8'), reason);
    });
  }
});
