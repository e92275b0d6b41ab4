import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { chmodSync, chownSync, existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import { promisify } from 'node:util';
import { startDaemon } from '../support/daemon.ts';
import { missing } from '../support/requirements.ts';
import { waitFor } from '../support/wait-for.ts';
import { PIDPROXY } from './run-proxy.ts';

const run = promisify(execFile);
const BIN = '/usr/lib/postgresql/15/bin';
const skip = missing('root', 'postgresql');

/** A new cluster of the user postgres, whose socket lies beside it. */
async function createCluster(t: TestContext): Promise<string> {
  const dir = mkdtempSync(join(tmpdir(), 'initvisor-postgres-'));
  t.after(() => rmSync(dir, { recursive: true, force: true }));
  const { stdout: uid } = await run('id', ['-u', 'postgres']);
  chownSync(dir, Number(uid), -1);
  chmodSync(dir, 0o755);
  const words = ['--auth=trust', '--no-sync', '-D', join(dir, 'data')];
  await run('setpriv', ['--reuid=postgres', '--regid=postgres', '--init-groups', `${BIN}/initdb`, ...words], {
    cwd: dir,
  });
  return dir;
}

/** What the server can be asked; null while it does not answer. */
async function query(dir: string, sql: string): Promise<string | null> {
  try {
    return (await run('psql', ['-h', dir, '-U', 'postgres', '-At', '-c', sql])).stdout.trim();
  } catch {
    return null;
  }
}

const OPTIONS = (dir: string) => `-k ${dir} -c listen_addresses=`;

const COMMANDS: readonly [title: string, ready: RegExp, words: (dir: string) => string][] = [
  ['postgres in the foreground', /ready to accept/, (dir) => `${BIN}/postgres -D ${dir}/data ${OPTIONS(dir)}`],
  [
    'pg_ctl, which leaves it in the background',
    /server started/,
    (dir) => `${BIN}/pg_ctl start -w -D ${dir}/data -o "${OPTIONS(dir)}"`,
  ],
];

describe('PostgreSQL by pidproxy', { skip }, () => {
  for (const [title, ready, words] of COMMANDS) {
    it(`answers and shuts down cleanly, started by ${title}`, { timeout: 60_000 }, async (t) => {
      const dir = await createCluster(t);
      const daemon = startDaemon(t, {
        config: `[supervisord]
logfile=/dev/null
pidfile=%DIR%/pid
[program:postgres]
command=${process.execPath} ${PIDPROXY} ${dir}/data/postmaster.pid ${words(dir)}
user=postgres
directory=${dir}
stopwaitsecs=40
stdout_logfile=/dev/stdout
redirect_stderr=true
`,
      });
      await daemon.waitForOutput(ready);
      const answer = await waitFor(
        () => query(dir, 'select pg_backend_pid() > 0, 6 * 7'),
        'an answer',
        20_000,
        daemon.output,
      );
      assert.equal(answer, 't|42');
      assert.equal(await daemon.stop(), 0);
      const down = daemon.output().indexOf('database system is shut down');
      const stopped = daemon.output().indexOf('stopped: postgres (exit status 0)');
      assert.ok(down > 0 && stopped > down, daemon.output());
      assert.doesNotMatch(daemon.output(), /SIGKILL|killing/);
      assert.ok(!existsSync(join(dir, 'data', 'postmaster.pid')));
    });
  }
});
