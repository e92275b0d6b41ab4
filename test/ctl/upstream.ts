import { existsSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { startDaemon, type TestDaemon } from '../support/daemon.ts';
import { waitFor } from '../support/wait-for.ts';
import { runUpstream } from './both.ts';
import { PROGRAMS, SERVER } from './parity-config.ts';

/** A real supervisord whose programs have come to rest. */
export async function startUpstream(t: TestContext): Promise<TestDaemon> {
  const daemon = startDaemon(t, {
    command: ['/usr/bin/supervisord'],
    config: SERVER + PROGRAMS,
    files: { 'plain.txt': 'no program' },
  });
  const settled = async () => {
    const { stdout } = await runUpstream(['-c', 'supervisord.conf', 'status'], { cwd: daemon.dir });
    if (!existsSync(join(daemon.dir, 'talk.err')) || statSync(join(daemon.dir, 'talk.err')).size === 0) return false;
    return /fails +FATAL/.test(stdout) && /done +EXITED/.test(stdout) && !/STARTING|BACKOFF/.test(stdout);
  };
  await waitFor(settled, 'programs at rest');
  return daemon;
}
