import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import { startDaemon, type TestDaemon } from '../support/daemon.ts';
import { waitFor } from '../support/wait-for.ts';
import { INITVISORCTL, runOurs } from './both.ts';
import { SERVER } from './parity-config.ts';

const CONFIG = `${SERVER}history_file=%DIR%/history
[program:cat]
command=/bin/cat
stdout_logfile=%DIR%/cat.log
`;

/** What is typed, and what then appears on the screen. */
const KEYS: readonly (readonly [keys: string, seen: RegExp])[] = [
  ['', /cat +(STARTING|RUNNING).*supervisor> /s],
  ['vers\t', /version /],
  ['\r', /\n\d+\.\d+\.\d+\r\n.*supervisor> /s],
  ['\u001b[A', /version/],
  ['\r', /\n\d+\.\d+\.\d+\r\n.*supervisor> /s],
  ['pid c\t', /pid cat /],
  ['\r', /\n\d+\r\n.*supervisor> /s],
  ['shutdown\r', /y\/N\? /],
  ['n\r', /supervisor> /],
  ['maintail -f\r', /Press Ctrl-C.*spawned: 'cat'/s],
  ['\u0003', /supervisor> /],
  ['fg cat\r', /Press Ctrl-C/],
  ['typed\r', /typed[\s\S]*typed\r\n/],
  ['\u0003', /Exiting foreground\r\n.*supervisor> /s],
];

interface Terminal {
  /** Types keys, and waits until that is on the screen below what was there. */
  type(keys: string, seen: RegExp): Promise<unknown>;
  readonly exited: Promise<unknown>;
}

function openTerminal(t: TestContext, dir: string, ...words: readonly string[]): Terminal {
  // Without `exec` some shells stay and get Ctrl-C as well.
  const command = ['exec', process.execPath, INITVISORCTL, '-c', 'supervisord.conf', ...words].join(' ');
  const child = spawn('script', ['-qec', command, '/dev/null'], { cwd: dir });
  t.after(() => child.kill('SIGKILL'));
  let screen = '';
  child.stdout.setEncoding('utf8').on('data', (data) => (screen += data));
  const exited = new Promise((resolve) => child.once('close', resolve));
  async function type(keys: string, seen: RegExp): Promise<unknown> {
    if (keys !== '') screen = '';
    child.stdin.write(keys);
    const what = `${seen} after ${JSON.stringify(keys)}`;
    return waitFor(
      () => seen.test(screen),
      what,
      undefined,
      () => JSON.stringify(screen),
    );
  }
  return { type, exited };
}

async function startSettled(t: TestContext): Promise<TestDaemon> {
  const daemon = startDaemon(t, { config: CONFIG });
  const status = () => runOurs(['-c', 'supervisord.conf', 'status'], { cwd: daemon.dir });
  await waitFor(async () => /RUNNING/.test((await status()).stdout), 'the daemon');
  return daemon;
}

// util-linux's script(1) makes the terminal.
describe('on a terminal', { skip: existsSync('/usr/bin/script') ? false : 'needs script(1)' }, () => {
  it('edits, completes and remembers lines, and Ctrl-C ends what runs', async (t) => {
    const { dir } = await startSettled(t);
    const { type, exited } = openTerminal(t, dir);
    for (const [keys, seen] of KEYS) await type(keys, seen);
    await type('\u0003', /^/);
    assert.equal(await exited, 0);
    const history = readFileSync(join(dir, 'history'), 'utf8').split('\n');
    assert.deepEqual(history.slice(0, 3), ['version ', 'version ', 'pid cat ']);
  });

  it('leaves the foreground, not the shell, by Ctrl-C while a line is on its way', async (t) => {
    const daemon = await startSettled(t);
    const { type } = openTerminal(t, daemon.dir);
    await type('', /supervisor> /);
    await type('fg cat\r', /Press Ctrl-C/);
    // Both streams answer from here on.
    await type('first\r', /first[\s\S]*first\r\n/);
    daemon.signal('SIGSTOP');
    await type('second\r', /second\s*\n/);
    await type('\u0003', /Exiting foreground\r\n.*supervisor> /s);
    daemon.signal('SIGCONT');
    await type('pid cat\r', /\n\d+\r\n.*supervisor> /s);
  });
});
