import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import { startDaemon, temporaryDirectory } from '../support/daemon.ts';
import { missing } from '../support/requirements.ts';
import { waitFor } from '../support/wait-for.ts';
import { type CtlResult, runOurs } from './both.ts';
import { PROGRAMS, SERVER } from './parity-config.ts';
import { startUpstream } from './upstream.ts';

interface Client {
  readonly dir: string;
  run(line: string): Promise<CtlResult>;
}

/** Our own daemon, whose programs have come to rest, and a client of it. */
async function startOwn(t: TestContext, programs = PROGRAMS): Promise<Client> {
  const { dir } = startDaemon(t, { config: SERVER + programs, files: { 'plain.txt': 'no program' } });
  const run = (line: string): Promise<CtlResult> =>
    runOurs(['-c', 'supervisord.conf', ...line.split(' ').filter((word) => word !== '')], { cwd: dir });
  await waitFor(async () => {
    const { stdout, status } = await run('status');
    return status !== 4 && !/STARTING|BACKOFF/.test(stdout);
  }, 'programs at rest');
  return { dir, run };
}

const TWO = `
[program:one]
command=/bin/sh -c "echo to stdout; echo to stderr >&2; exec cat"
[program:many]
command=/bin/cat
process_name=%(process_num)d
numprocs=2
`;

describe('on our own daemon', () => {
  it('status --json is JSON and nothing else, with the same exit status', async (t) => {
    const { run } = await startOwn(t);
    const { stdout, stderr, status } = await run('status --json talk fails nosuch');
    const infos: unknown = JSON.parse(stdout);
    assert.ok(Array.isArray(infos));
    assert.deepEqual(
      infos.map(({ name, statename }) => `${name} ${statename}`),
      ['talk RUNNING', 'fails FATAL'],
    );
    assert.deepEqual([stderr, status], ['nosuch: ERROR (no such process)\n', 3]);
  });

  it('explain tells state, reason and runs', async (t) => {
    const { run } = await startOwn(t);
    const { stdout, status } = await run('explain fails');
    const time = '\\d{4}-\\d\\d-\\d\\d \\d\\d:\\d\\d:\\d\\d';
    assert.match(stdout, new RegExp(`^fails: FATAL since ${time} \\(Exited too quickly.*\\)\nruns, newest last:\n`));
    assert.match(stdout, new RegExp(`^  ${time} to ${time}: pid \\d+, exit status 3, started by autostart$`, 'm'));
    assert.equal(status, 0);
    assert.match((await run('explain nosuch done')).stdout, /^nosuch: ERROR \(no such process\)\ndone: EXITED/);
  });

  it('healthcheck exits with 1 and says what is wrong, or with 0', async (t) => {
    const wrong = await (await startOwn(t)).run('healthcheck');
    assert.match(wrong.stdout, /^fails: FATAL \(Exited too quickly.*\)\nunhealthy\n$/);
    assert.equal(wrong.status, 1);
    const right = await (await startOwn(t, TWO)).run('healthcheck');
    assert.deepEqual([right.stdout, right.status], ['healthy\n', 0]);
    const none = await runOurs(['-s', 'unix:///nosuch', 'healthcheck'], { cwd: temporaryDirectory(t) });
    assert.equal(none.status, 1);
  });

  it('wait waits for a condition, and not for ever', async (t) => {
    const { run } = await startOwn(t, TWO);
    const rows: readonly (readonly [string, string, number])[] = [
      ['wait one', 'one: running\n', 0],
      ['wait many:*:running one:running', 'many:*: running\none: running\n', 0],
      ['wait many:0:stopped --timeout 0', 'many:0: ERROR (not stopped within 0 s)\n', 1],
      ['wait one:stopped --timeout=0', 'one: ERROR (not stopped within 0 s)\n', 1],
      [
        'wait one:readdy',
        'one:readdy: ERROR (no such process; conditions are started, running, ready, completed, healthy, stopped, exited)\n',
        1,
      ],
      ['wait nosuch one', 'nosuch: ERROR (no such process)\none: running\n', 1],
    ];
    for (const [line, stdout, status] of rows) {
      const result = await run(line);
      assert.deepEqual([result.stdout, result.status], [stdout, status], line);
    }
    for (const line of ['wait', 'wait one --timeout x', 'wait one --timeout'])
      assert.match((await run(line)).stdout, /^Error: .*\nwait <name>/);
  });

  it('scale and update --plan say what they do', async (t) => {
    const { dir, run } = await startOwn(t, TWO);
    assert.equal((await run('update --plan')).stdout, 'Nothing would change\n');
    assert.equal((await run('scale many=3')).stdout, 'many: scaled to 3\n');
    assert.match((await run('status many:*')).stdout, /many:2 /);
    assert.equal((await run('update --plan')).stdout, 'many:2: stop\n');
    writeFileSync(join(dir, 'supervisord.conf'), (SERVER + TWO).replaceAll('%DIR%', dir).replace('exec cat', 'cat -u'));
    assert.equal((await run('update --plan')).stdout, 'many:2: stop\none: restart (command)\n');
    assert.equal((await run('scale nosuch=3')).status, 1);
    assert.match((await run('scale many')).stdout, /^Error: scale requires/);
  });

  it('restart --rolling restarts one after the other and stops at a failure', async (t) => {
    const { run } = await startOwn(t);
    const rolled = await run('restart --rolling multi:* cat');
    const names = ['multi:multi_00', 'multi:multi_01', 'cat'];
    assert.equal(rolled.stdout, names.map((name) => `${name}: stopped\n${name}: started\n`).join(''));
    assert.equal(rolled.status, 0);
    const failed = await run('restart --rolling quick talk');
    assert.match(failed.stdout, /^quick: ERROR \((spawn error|abnormal termination)\)\nERROR: not restarted: talk\n$/);
    assert.equal(failed.status, 7);
    assert.equal((await run('restart --rolling nosuch')).status, 1);
    const mistyped = await run('restart --roling cat');
    assert.match(mistyped.stdout, /^Error: restart knows no option --roling, only --rolling\n/);
    assert.equal(mistyped.status, 1);
  });

  it('logs shows the output of several programs, with and without a log file', async (t) => {
    const { run } = await startOwn(t, `${TWO}stdout_logfile=NONE\n`);
    const { stdout } = await run('logs one many:0');
    assert.equal(stdout, 'one    | to stdout\none    | to stderr\n');
  });
});

describe('on a real supervisord', { skip: missing('supervisor') }, () => {
  it('each says in one sentence that it needs initvisor', async (t) => {
    const { dir } = await startUpstream(t);
    const lines = ['explain cat', 'healthcheck', 'wait cat', 'scale cat=2', 'update --plan', 'logs cat'];
    for (const line of lines) {
      const { stdout, status } = await runOurs(['-c', 'supervisord.conf', ...line.split(' ')], { cwd: dir });
      assert.match(stdout, /^ERROR: .* needs initvisor, and unix:.*\/sock is another server\n$/);
      assert.equal(status, line === 'healthcheck' ? 1 : 3, line);
    }
  });

  it('a rolling restart works all the same', async (t) => {
    const { dir } = await startUpstream(t);
    const words = ['-c', 'supervisord.conf', 'restart', '--rolling', 'pair:*'];
    const { stdout } = await runOurs(words, { cwd: dir });
    assert.equal(stdout, 'pair:left: stopped\npair:left: started\npair:right: started\n');
  });
});

describe('completion', () => {
  for (const shell of ['bash', 'zsh', 'fish']) {
    it(`prints a script that ${shell} can read`, async (t) => {
      const cwd = temporaryDirectory(t);
      const { stdout, status } = await runOurs(['completion', shell], { cwd });
      assert.equal(status, 0);
      for (const word of ['restart', 'explain', 'supervisorctl']) assert.ok(stdout.includes(word), word);
      writeFileSync(join(cwd, 'script'), stdout);
      const checked = spawnSync(shell, ['-n', 'script'], { cwd, encoding: 'utf8' });
      if (checked.error === undefined) assert.equal(checked.stderr, '');
    });
  }

  it('completes in bash what may stand there', async (t) => {
    const cwd = temporaryDirectory(t);
    const { stdout } = await runOurs(['completion', 'bash'], { cwd });
    const ask = 'COMP_WORDS=(initvisorctl resta); COMP_CWORD=1; _initvisorctl; echo $COMPREPLY';
    const { stdout: found } = spawnSync('bash', ['-c', `${stdout}\n${ask}`], { cwd, encoding: 'utf8' });
    assert.equal(found, 'restart\n');
  });

  it('refuses a shell that it does not know', async (t) => {
    const { status } = await runOurs(['completion', 'csh'], { cwd: temporaryDirectory(t) });
    assert.equal(status, 2);
  });
});
