import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import { INITVISOR, startDaemon, temporaryDirectory } from '../support/daemon.ts';

interface Checked {
  readonly status: number | null;
  readonly stdout: string;
  /** With the file's path cut down to its name. */
  readonly stderr: string;
}

function check(t: TestContext, config: string, ...words: readonly string[]): Checked {
  const dir = temporaryDirectory(t);
  const path = join(dir, 's.conf');
  writeFileSync(path, config);
  const { status, stdout, stderr } = spawnSync(process.execPath, [INITVISOR, 'check', '-c', path, ...words], {
    encoding: 'utf8',
  });
  return { status, stdout, stderr: stderr.replaceAll(`${dir}/`, '') };
}

const FOREGROUND = '[supervisord]\nnodaemon=true\n';
const DOUBTFUL = `${FOREGROUND}[program:x]\ncommand=cron\n`;
const WARNED =
  's.conf:4: warning: [program:x] command: cron goes into the background, where it counts as ended; write cron -f\n';

describe('initvisor check', () => {
  it('says in one line that a configuration is right', (t) => {
    assert.deepEqual(check(t, `${FOREGROUND}[program:x]\ncommand=/bin/cat\n`), {
      status: 0,
      stdout: '',
      stderr: 's.conf: ok, 1 process\n',
    });
  });

  it('warns of what goes wrong in a container, and exits with 0', (t) => {
    assert.deepEqual(check(t, DOUBTFUL), { status: 0, stdout: '', stderr: `${WARNED}s.conf: ok, 1 process\n` });
  });

  it('does so with --strict too, which is about names that nobody knows', (t) => {
    assert.equal(check(t, DOUBTFUL, '--strict').status, 0);
    const unknown = check(t, `${DOUBTFUL}startsec=1\n`, '--strict');
    assert.equal(unknown.status, 2);
    assert.equal(
      unknown.stderr,
      "s.conf:5: error: unknown option 'startsec' in [program:x]; did you mean 'startsecs'?\n",
    );
  });

  it('keeps warnings and errors in the order of the file', (t) => {
    const { stderr, status } = check(t, `${FOREGROUND}[program:x]\nuser=0\ncommand=cron\nready_timeout=5\nbogus=1\n`);
    assert.equal(status, 0);
    assert.deepEqual(
      stderr.split('\n').map((line) => /^s\.conf:(\d+)/.exec(line)?.[1]),
      ['5', '6', '7', undefined, undefined],
    );
  });

  it('shows the plan on stdout, by itself or after the programs', (t) => {
    const { stdout } = check(t, `${FOREGROUND}[program:x]\ncommand=/bin/cat\n`, '--plan');
    assert.match(stdout, /^start, .*\n {2}1 {2}x\n\nstop, .*\n {2}1 {2}10 s {2}x\n {2}10 s in all; .*\n$/);
    const both = check(t, `${FOREGROUND}[program:x]\ncommand=/bin/cat\n`, '--plan', '--print');
    assert.match(both.stdout, /^# .*\n[\s\S]*\[x:x\][\s\S]*\nstart, /);
  });

  it('shows no plan of what is wrong', (t) => {
    const { stdout, status } = check(t, `${FOREGROUND}[program:x]\n`, '--plan');
    assert.deepEqual([stdout, status], ['', 2]);
  });

  it('says more than the daemon, whose start is no place for guesses', async (t) => {
    const daemon = startDaemon(t, {
      config: '[supervisord]\nlogfile=%DIR%/log\npidfile=%DIR%/pid\n[program:x]\ncommand=cron -x\nautostart=false\n',
    });
    await daemon.waitForOutput(/started with pid/);
    await daemon.stop();
    assert.doesNotMatch(daemon.output(), /background/);
  });
});
