import assert from 'node:assert/strict';
import { existsSync, readFileSync, renameSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { OWN_FILES, startDaemon, type TestDaemon } from '../support/daemon.ts';
import { handlesTerm } from '../support/handles-term.ts';
import { missing } from '../support/requirements.ts';
import { waitFor } from '../support/wait-for.ts';

const SLEEPERS = `${OWN_FILES}minfds=2048\n[program:p]\ncommand=sleep 1000\nnumprocs=300\nprocess_name=%(process_num)d
stdout_logfile=NONE\nstderr_logfile=NONE\n`;

const TALKER = `${OWN_FILES}[program:talker]
command=sh -c 'while :; do echo tick; sleep 0.02; done'
startsecs=0
stdout_logfile=%DIR%/talker.log
`;

const sizeOf = (daemon: TestDaemon, name: string): number => {
  const path = join(daemon.dir, name);
  return existsSync(path) ? readFileSync(path).length : -1;
};

for (const asPid1 of [false, true]) {
  const skip = asPid1 && missing('root', 'pid namespaces');
  describe(`signals, ${asPid1 ? '' : 'not '}as PID 1`, { skip }, () => {
    it('TERM in the first milliseconds is not lost', { timeout: 60_000 }, async (t) => {
      const daemon = startDaemon(t, { config: SLEEPERS, asPid1 });
      await waitFor(() => handlesTerm(daemon.pid()), 'the first handler');
      daemon.signal('SIGTERM');
      // Not being PID 1 it may die of it, as any program does before it has handlers.
      const status = await daemon.exited;
      assert.ok(status === 0 || (status === 'SIGTERM' && !asPid1), `${status} ${daemon.output()}`);
    });

    it('TERM while 300 programs start ends all that have started, and starts no more', async (t) => {
      const daemon = startDaemon(t, { config: SLEEPERS, asPid1 });
      await daemon.waitForOutput(/spawned: '25'/);
      assert.equal(await daemon.stop(), 0);
      const count = (pattern: RegExp) => daemon.lines().filter((line) => pattern.test(line)).length;
      assert.equal(count(/spawned: /), count(/stopped: /));
    });

    it('USR2 writes on under the old names after logs have been moved', async (t) => {
      const daemon = startDaemon(t, { config: TALKER, asPid1 });
      await waitFor(() => sizeOf(daemon, 'talker.log') > 0, 'the first line');
      for (const name of ['talker.log', 'main.log'])
        renameSync(join(daemon.dir, name), join(daemon.dir, `${name}.old`));
      daemon.signal('SIGUSR2');
      await waitFor(() => sizeOf(daemon, 'talker.log') > 0, 'a line in the new file');
      const left = sizeOf(daemon, 'talker.log.old');
      const size = sizeOf(daemon, 'talker.log');
      await waitFor(() => sizeOf(daemon, 'talker.log') > size, 'another line');
      assert.equal(sizeOf(daemon, 'talker.log.old'), left);
      assert.equal(await daemon.stop(), 0);
      assert.match(readFileSync(join(daemon.dir, 'main.log'), 'utf8'), /stopped: talker/);
    });

    it('USR1 opens no debugger and WINCH, USR1 and CHLD change nothing', async (t) => {
      const daemon = startDaemon(t, { config: TALKER, asPid1 });
      await daemon.waitForOutput(/success: talker/);
      for (const name of ['SIGUSR1', 'SIGWINCH', 'SIGCHLD', 'SIGCONT', 'SIGUSR1'] as const) daemon.signal(name);
      const size = sizeOf(daemon, 'talker.log');
      await waitFor(() => sizeOf(daemon, 'talker.log') > size, 'another line');
      assert.doesNotMatch(daemon.output(), /[Dd]ebugger/);
      assert.equal(await daemon.stop(), 0);
    });

    for (const name of ['SIGINT', 'SIGQUIT'] as const) {
      it(`${name} stops as TERM does`, async (t) => {
        const daemon = startDaemon(t, { config: TALKER, asPid1 });
        await daemon.waitForOutput(/success: talker/);
        daemon.signal(name);
        assert.equal(await daemon.exited, 0);
        assert.match(daemon.output(), new RegExp(`received ${name} indicating exit request`));
      });
    }
  });
}
