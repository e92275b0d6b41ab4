import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import { OWN_FILES, startDaemon } from '../support/daemon.ts';
import { createMemoryCgroup } from '../support/memory-cgroup.ts';
import { missing } from '../support/requirements.ts';

/** More than the daemon takes; whoever takes most is killed. */
const LIMIT_BYTES = 192 * 2 ** 20;

/** Takes memory until there is none. */
const HOG = 'tail /dev/zero';

function start(t: TestContext, name: string, config: string) {
  const cgroup = createMemoryCgroup(name, LIMIT_BYTES);
  const daemon = startDaemon(t, {
    config: `${OWN_FILES}termination_log=%DIR%/why\n${config}`,
    args: ['-n'],
    command: cgroup.command,
  });
  // After the daemon's own, which ends all that is in it.
  t.after(() => cgroup.remove());
  return daemon;
}

describe('in a container that is out of memory', { skip: missing('root', 'memory cgroups') }, () => {
  it('the log and the termination log say that the kernel killed the program for it', async (t) => {
    const daemon = start(t, 'main', `[program:api]\ncommand=${HOG}\nmain=true\nstartsecs=0\n`);
    assert.equal(await daemon.exited, 137);
    assert.match(daemon.output(), / WARN exited: api \(killed by the kernel: out of memory; not expected\)\n/);
    assert.doesNotMatch(daemon.output(), /the kernel killed/);
    const why = readFileSync(join(daemon.dir, 'why'), 'utf8');
    assert.equal(why, 'main program api ended (killed by the kernel: out of memory); exit status 137\n');
  });

  it('what the kernel killed below a program that lives on is told at the end', async (t) => {
    const shell = `sh -c '${HOG}; echo it is gone; exec sleep 1000'`;
    const daemon = start(t, 'below', `[program:api]\ncommand=${shell}\nstdout_logfile=/dev/stdout\n`);
    await daemon.waitForOutput(/it is gone/);
    assert.equal(await daemon.stop(), 0);
    const told =
      / WARN the kernel killed a process for memory \(oom_kill of the container's cgroup went from 0 to 1\)\n/;
    assert.match(daemon.output(), told);
    assert.match(daemon.output(), /stopped: api \(terminated by SIGTERM\)/);
  });

  it('a SIGKILL of anybody else is nothing but that', async (t) => {
    const daemon = start(t, 'other', `[program:api]\ncommand=sh -c 'kill -KILL $$'\nmain=true\nstartsecs=0\n`);
    assert.equal(await daemon.exited, 137);
    assert.match(daemon.output(), /exited: api \(terminated by SIGKILL; not expected\)/);
  });
});
