import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { INITVISOR, OWN_FILES, startDaemon, type TestDaemon } from '../support/daemon.ts';
import { missing } from '../support/requirements.ts';
import { childrenOf, isZombie, processesWith } from '../support/survivors.ts';
import { waitFor } from '../support/wait-for.ts';

const STUBBORN = `sh -c 'trap "" TERM; while :; do sleep 1000; done'`;

/** Everything that a daemon started, itself included, is gone. */
async function waitForNobody({ dir }: TestDaemon): Promise<void> {
  await waitFor(() => processesWith('INITVISOR_TEST_DAEMON', dir).length === 0, 'the last process to be gone', 500);
}

const commandLines = ({ dir }: TestDaemon): string[] =>
  processesWith('INITVISOR_TEST_DAEMON', dir).map(({ commandLine }) => commandLine);

function program(name: string, command: string, ...options: readonly string[]): string {
  return [`[program:${name}]`, `command=${command}`, 'startsecs=0', ...options, ''].join('\n');
}

const positions = (text: string, ...lines: readonly RegExp[]): number[] => lines.map((line) => text.search(line));

for (const asPid1 of [false, true]) {
  const skip = asPid1 && missing('root', 'pid namespaces');
  describe(`a shutdown, ${asPid1 ? '' : 'not '}as PID 1`, { skip }, () => {
    it('stops layer by layer, all of a layer at once', async (t) => {
      // Both of the upper layer take their time: one after the other they would take twice as long.
      const slow = `sh -c 'trap "sleep 1.5; exit 0" TERM; while :; do sleep 0.05; done'`;
      const config =
        OWN_FILES +
        'loglevel=debug\n' +
        program('db', 'sleep 1000', 'priority=1') +
        program('a', slow, 'priority=10') +
        program('b', slow, 'priority=10');
      const daemon = startDaemon(t, { config, asPid1 });
      await daemon.waitForOutput(/success: db[\s\S]*success: b/);
      const start = Date.now();
      assert.equal(await daemon.stop(), 0);
      assert.ok(Date.now() - start < 2900, `took ${Date.now() - start} ms`);
      const [stopA = -1, stopB = -1, stopDb = -1] = positions(
        daemon.output(),
        /stopped: a /,
        /stopped: b /,
        /killing db .* with signal SIGTERM/,
      );
      assert.ok(stopA > 0 && stopB > 0 && stopDb > Math.max(stopA, stopB), daemon.output());
      await waitForNobody(daemon);
    });

    it('kills the stubborn after stopwaitsecs and says so', async (t) => {
      const config = OWN_FILES + program('s', STUBBORN, 'stopwaitsecs=1');
      const daemon = startDaemon(t, { config, asPid1 });
      await daemon.waitForOutput(/success: s/);
      const start = Date.now();
      assert.equal(await daemon.stop(), 0);
      assert.ok(Date.now() - start >= 1000);
      assert.match(daemon.output(), /WARN killing 's' \(\d+\) with SIGKILL/);
      assert.match(daemon.output(), /stopped: s \(terminated by SIGKILL\)/);
      await waitForNobody(daemon);
    });

    it('cuts stopwaitsecs to shutdown_timeout and says who was cut', async (t) => {
      const config =
        `${OWN_FILES}shutdown_timeout=2\n` +
        program('slow', STUBBORN, 'stopwaitsecs=60', 'priority=1') +
        program('quick', 'sleep 1000', 'priority=2');
      const daemon = startDaemon(t, { config, asPid1 });
      await daemon.waitForOutput(/success: slow[\s\S]*success: quick/);
      const start = Date.now();
      assert.equal(await daemon.stop(), 0);
      assert.ok(Date.now() - start < 4000, `took ${Date.now() - start} ms`);
      assert.match(daemon.output(), /stopwaitsecs of 'slow' is cut from 60 to 1\.\d s to fit shutdown_timeout/);
      await waitForNobody(daemon);
    });

    it('kills all at once at a second signal, what they started included', async (t) => {
      const config =
        OWN_FILES +
        program('s', STUBBORN, 'stopwaitsecs=30', 'priority=2') +
        program('t', STUBBORN, 'stopwaitsecs=30', 'priority=1');
      const daemon = startDaemon(t, { config, asPid1 });
      await daemon.waitForOutput(/success: t[\s\S]*success: s/);
      daemon.signal('SIGTERM');
      await daemon.waitForOutput(/waiting for .*s.* to die/);
      const start = Date.now();
      daemon.signal('SIGINT');
      assert.equal(await daemon.exited, 0);
      assert.ok(Date.now() - start < 5000, `took ${Date.now() - start} ms`);
      assert.match(daemon.output(), /killing all programs at once/);
      await waitForNobody(daemon);
    });

    it('ends who a program left in its process group: asked first, then killed by name', async (t) => {
      const left = `sh -c 'trap "" TERM; sleep 987 & exec sleep 1000'`;
      const asked = `sh -c 'sleep 986 & exec sleep 1000'`;
      const config = OWN_FILES + program('left', left, 'stopwaitsecs=1') + program('asked', asked, 'stopwaitsecs=60');
      // The first shell ignores TERM, and so does all that it starts.
      const daemon = startDaemon(t, { config, asPid1 });
      await waitFor(
        () => ['sleep 986', 'sleep 987'].every((line) => commandLines(daemon).includes(line)),
        'two sleepers',
      );
      assert.equal(await daemon.stop(), 0);
      assert.match(daemon.output(), /stopped: asked \(terminated by SIGTERM\)/);
      assert.match(daemon.output(), /killing what 'left' left behind: \d+ \(sleep\)/);
      await waitForNobody(daemon);
    });

    it('ends orphans of a session of their own, and what those leave in turn', async (t) => {
      const script = `#!/bin/sh
setsid sh -c 'setsid sh -c "setsid sleep 985 & sleep 984; :" & sleep 983; :' &
exec sleep 1000
`;
      const config = OWN_FILES + program('forker', '%DIR%/forker');
      const daemon = startDaemon(t, { config, asPid1, files: { forker: script } });
      await daemon.waitForOutput(/success: forker/);
      const sleepers = ['sleep 983', 'sleep 984', 'sleep 985'];
      await waitFor(() => sleepers.every((line) => commandLines(daemon).includes(line)), 'three sleepers');
      assert.equal(await daemon.stop(), 0);
      assert.doesNotMatch(daemon.output(), /killing what/);
      await waitForNobody(daemon);
    });

    it('does not wait for zombies whose parent does not want them', async (t) => {
      // The shell's child becomes another program that waits for nobody, in a session of its own.
      const script = `#!/bin/sh
(sleep 0.05 & exec setsid sleep 982) &
exec sleep 1000
`;
      const config = OWN_FILES + program('z', '%DIR%/z', 'stopwaitsecs=20');
      const daemon = startDaemon(t, { config, asPid1, files: { z: script } });
      await daemon.waitForOutput(/success: z/);
      await waitFor(() => {
        const marked = processesWith('INITVISOR_TEST_DAEMON', daemon.dir);
        const parent = marked.find(({ commandLine }) => commandLine === 'sleep 982');
        return parent !== undefined && childrenOf(parent.pid).some(isZombie);
      }, 'a zombie with a bad parent');
      const start = Date.now();
      assert.equal(await daemon.stop(), 0);
      assert.ok(Date.now() - start < 8000, `took ${Date.now() - start} ms`);
      await waitForNobody(daemon);
    });

    it('does not wait for a reader of its last words', async (t) => {
      const command = ['sh', '-c', 'mkfifo why; exec "$0" "$@"', process.execPath, INITVISOR] as const;
      const daemon = startDaemon(t, { config: `${OWN_FILES}termination_log=%DIR%/why\n`, asPid1, command });
      await daemon.waitForOutput(/supervisord started with pid/);
      assert.equal(await daemon.stop(), 0);
      assert.match(daemon.output(), /cannot write the termination log .*: ENXIO/);
    });

    it('ends at once when nothing runs', async (t) => {
      const daemon = startDaemon(t, { config: OWN_FILES, asPid1 });
      await daemon.waitForOutput(/supervisord started with pid/);
      assert.equal(await daemon.stop(), 0);
    });
  });
}
