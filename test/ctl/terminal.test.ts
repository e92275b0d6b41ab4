import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { startDaemon } from '../support/daemon.ts';
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

// util-linux's script(1) makes the terminal.
describe('on a terminal', { skip: existsSync('/usr/bin/script') ? false : 'needs script(1)' }, () => {
  it('edits, completes and remembers lines, and Ctrl-C ends what runs', async (t) => {
    const { dir } = startDaemon(t, { config: CONFIG });
    const settled = async () =>
      /RUNNING/.test((await runOurs(['-c', 'supervisord.conf', 'status'], { cwd: dir })).stdout);
    await waitFor(settled, 'the daemon');
    const command = `${process.execPath} ${INITVISORCTL} -c supervisord.conf`;
    const child = spawn('script', ['-qec', command, '/dev/null'], { cwd: dir });
    t.after(() => child.kill('SIGKILL'));
    let screen = '';
    child.stdout.setEncoding('utf8').on('data', (data) => (screen += data));
    const exited = new Promise((resolve) => child.once('close', resolve));
    for (const [keys, seen] of KEYS) {
      if (keys !== '') screen = '';
      child.stdin.write(keys);
      await waitFor(
        () => seen.test(screen),
        `${seen} after ${JSON.stringify(keys)}`,
        10_000,
        () => JSON.stringify(screen),
      );
    }
    child.stdin.write('\u0003');
    assert.equal(await exited, 0);
    const history = readFileSync(join(dir, 'history'), 'utf8').split('\n');
    assert.deepEqual(history.slice(0, 3), ['version ', 'version ', 'pid cat ']);
  });
});
