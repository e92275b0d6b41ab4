import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { chmodSync, copyFileSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { AS_NOBODY, INITVISOR, ROOT } from '../support/daemon.ts';
import { type Families, startFamilies, startsAndRuns } from '../support/families.ts';
import { missing } from '../support/requirements.ts';
import { waitFor } from '../support/wait-for.ts';

const program = (name: string, ...options: readonly string[]): string =>
  [`[program:${name}]`, `command=%DIR%/${name}`, 'startsecs=0', ...options, ''].join('\n');

/** A program that leaves a daemon and ends. */
const LAUNCHER = '#!/bin/sh\nwhile [ -e wait ] && [ ! -e go ]; do sleep 0.05; done\nsetsid sleep 981 &\n';
const STUBBORN_LAUNCHER = `#!/bin/sh\n(trap '' TERM; exec setsid sleep 981) &\n`;
/** Nothing tells whose it is. */
const UNOWNED = startsAndRuns(`(env -i PATH="$PATH" setsid sh -c 'touch go; exec sleep 991' &)`);

const ENDED = /exited: x \(exit status 0; expected\)/;

/** Lines of the log that speak of whom somebody left. */
const remarks = ({ daemon }: Families): string[] =>
  daemon
    .lines()
    .filter((line) => /left behind|no program owns/.test(line))
    .map((line) => line.replace(/^\S+ \S+ /, '').replaceAll(/\d+(?= \(|$)/g, 'N'));

for (const asPid1 of [false, true]) {
  const skip = asPid1 && missing('root', 'pid namespaces');
  describe(`a daemon whose program has ended by itself, ${asPid1 ? '' : 'not '}as PID 1`, { skip }, () => {
    it('stays, and ends with the next life of its program', async (t) => {
      const x = `#!/bin/sh\n[ -e again ] && exec sleep 1000\ntouch again\nsetsid sleep 981 &\n`;
      const families = startFamilies(t, program('x', 'autorestart=false'), { files: { x }, asPid1 });
      await families.daemon.waitForOutput(ENDED);
      await families.waitForSleepers(981);
      await families.call('supervisor.startProcess', 'x', true);
      assert.deepEqual(families.sleepers(), ['sleep 981']);
      await families.call('supervisor.stopProcess', 'x', true);
      assert.deepEqual(families.sleepers(), []);
      assert.equal(await families.daemon.stop(), 0);
    });

    it('is asked to end when all programs are down, and so are orphans of nobody', async (t) => {
      const config = program('x', 'autorestart=false') + program('y');
      const families = startFamilies(t, config, { files: { x: LAUNCHER, y: UNOWNED, wait: '' }, asPid1 });
      await families.daemon.waitForOutput(ENDED);
      await families.waitForSleepers(981, 991);
      assert.equal(await families.daemon.stop(), 0);
      assert.deepEqual(remarks(families).sort(), [
        'INFO waiting for orphans that no program owns to die: N (sleep)',
        "INFO waiting for what 'x' left behind to die: N (sleep)",
      ]);
      const log = families.daemon.output();
      assert.ok(log.indexOf('stopped: y') < log.indexOf("what 'x' left behind"), log);
      assert.deepEqual(families.sleepers(), []);
    });

    it('is killed by name when it ignores that', async (t) => {
      const config = program('x', 'autorestart=false', 'stopwaitsecs=1');
      const families = startFamilies(t, config, { files: { x: STUBBORN_LAUNCHER }, asPid1 });
      await families.daemon.waitForOutput(ENDED);
      await families.waitForSleepers(981);
      assert.equal(await families.daemon.stop(), 0);
      assert.deepEqual(remarks(families), [
        "INFO waiting for what 'x' left behind to die: N (sleep)",
        "WARN killing what 'x' left behind: N (sleep)",
      ]);
      assert.deepEqual(families.sleepers(), []);
    });

    for (const [what, global, again] of [
      ['shutdown_timeout is over', 'shutdown_timeout=1\n', false],
      ['a second signal comes', '', true],
    ] as const) {
      it(`is killed when ${what}`, async (t) => {
        const config = program('x', 'autorestart=false', 'stopwaitsecs=600');
        const families = startFamilies(t, config, { files: { x: STUBBORN_LAUNCHER }, asPid1, global });
        await families.daemon.waitForOutput(ENDED);
        await families.waitForSleepers(981);
        families.daemon.signal('SIGTERM');
        await families.daemon.waitForOutput(/waiting for what 'x' left behind to die/);
        if (again) families.daemon.signal('SIGTERM');
        assert.equal(await families.daemon.exited, 0);
        assert.match(families.daemon.output(), /killing what ('x'|programs) left behind: \d+ \(sleep\)/);
        assert.deepEqual(families.sleepers(), []);
      });
    }

    it('ends when the daemon starts over, where orphans of nobody stay', async (t) => {
      const config = program('x', 'autorestart=false') + program('y');
      const once = (name: string, script: string) => script.replace('\n', `\nmkdir ${name}.once || exec sleep 1000\n`);
      const files = { x: once('x', LAUNCHER), y: once('y', UNOWNED), wait: '' };
      const families = startFamilies(t, config, { files, asPid1 });
      await families.daemon.waitForOutput(ENDED);
      await families.waitForSleepers(981, 991);
      await families.call('supervisor.restart');
      await families.daemon.waitForOutput(/supervisord started with pid[\s\S]*supervisord started with pid/);
      assert.deepEqual(families.sleepers(), ['sleep 991']);
      assert.equal(await families.daemon.stop(), 0);
      assert.deepEqual(families.sleepers(), []);
    });
  });
}

describe('a stop', () => {
  it('leaves a daemon to its own pidproxy', async (t) => {
    const server = `#!/bin/sh\ntrap 'echo TERM >> heard; [ -e once ] && exit; touch once; sleep 0.3; exit' TERM
echo $$ > server.pid\nsleep 981 & wait\nwait\n`;
    const x = `#!/bin/sh\nexec ${process.execPath} ${join(ROOT, 'dist', 'pidproxy.cjs')} server.pid setsid ./server\n`;
    const families = startFamilies(t, program('x', 'stopasgroup=true'), { files: { x, server } });
    await families.waitForSleepers(981);
    await families.call('supervisor.stopProcess', 'x', true);
    assert.equal(readFileSync(join(families.daemon.dir, 'heard'), 'utf8'), 'TERM\n');
    assert.deepEqual(families.sleepers(), []);
    assert.equal(await families.daemon.stop(), 0);
  });

  it('that comes while pre_start runs ends what that has started', async (t) => {
    const files = { x: startsAndRuns(''), prepare: startsAndRuns('setsid sleep 981 &') };
    const families = startFamilies(t, program('x', 'pre_start=%DIR%/prepare'), { files });
    await families.waitForSleepers(981);
    await families.call('supervisor.stopProcess', 'x', true);
    assert.deepEqual(families.sleepers(), []);
    assert.equal(await families.daemon.stop(), 0);
    assert.doesNotMatch(families.daemon.output(), /internal error/);
  });

  it('leaves the commands of hooks alone', async (t) => {
    const hook = '[hook:h]\nevents=PROCESS_STATE_RUNNING\ncommand=sleep 995\ntimeout=600\n';
    const families = startFamilies(t, program('x') + hook, { files: { x: startsAndRuns('setsid sleep 981 &') } });
    await families.waitForSleepers(981, 995);
    await families.call('supervisor.stopProcess', 'x', true);
    assert.deepEqual(families.sleepers(), ['sleep 995']);
    assert.equal(await families.daemon.stop(), 0);
    assert.deepEqual(remarks(families), []);
  });

  it('leaves alone who came into the PID namespace from outside, whatever its environment says', {
    skip: missing('root', 'pid namespaces'),
  }, async (t) => {
    const files = { x: startsAndRuns('setsid sleep 981 &') };
    const families = startFamilies(t, program('x'), { files, asPid1: true });
    await families.waitForSleepers(981);
    const there = `cd ${families.daemon.dir} && exec sleep 995`;
    const enter = ['-t', String(families.daemon.pid()), '-p', '-m', 'sh', '-c', there];
    const env = { ...process.env, SUPERVISOR_PROCESS_NAME: 'x', SUPERVISOR_GROUP_NAME: 'x' };
    const visitor = spawn('nsenter', enter, { env, stdio: 'ignore' });
    t.after(() => visitor.kill('SIGKILL'));
    await families.waitForSleepers(981, 995);
    await families.call('supervisor.stopProcess', 'x', true);
    assert.deepEqual(families.sleepers(), ['sleep 995']);
    assert.equal(await families.daemon.stop(), 0);
    assert.deepEqual(remarks(families), []);
  });

  it('knows a daemon of another user by its environment without the right to trace it, as in a container', {
    skip: missing('root'),
  }, async (t) => {
    const command = ['setpriv', '--bounding-set=-sys_ptrace,-perfmon,-sys_admin', process.execPath, INITVISOR] as const;
    const files = { x: startsAndRuns('(setsid sleep 981 &)') };
    const families = startFamilies(t, program('x', 'user=nobody'), { files, modes: { '.': 0o755 }, command });
    await families.waitForSleepers(981);
    await families.call('supervisor.stopProcess', 'x', true);
    assert.deepEqual(families.sleepers(), []);
    assert.equal(await families.daemon.stop(), 0);
    assert.deepEqual(remarks(families), []);
  });

  it('says whom it may not signal, and does not wait for them', { skip: missing('root') }, async (t) => {
    const files = {
      x: startsAndRuns('while [ ! -u become ]; do sleep 0.05; done\nsetsid ./become --reuid=0 sleep 981 &'),
    };
    const families = startFamilies(t, program('x', 'stopwaitsecs=30'), {
      ...{ files, modes: { '.': 0o777 }, command: [...AS_NOBODY, process.execPath, INITVISOR] as const },
    });
    const become = join(families.daemon.dir, 'become');
    copyFileSync('/usr/bin/setpriv', become);
    chmodSync(become, 0o4755);
    await families.waitForSleepers(981);
    await families.call('supervisor.stopProcess', 'x', true);
    assert.deepEqual(families.sleepers(), ['sleep 981']);
    assert.equal(await families.daemon.stop(), 0);
    assert.match(families.daemon.output(), /may not signal what 'x' left behind: \d+ \(sleep\)/);
    assert.match(families.daemon.output(), /cannot kill what 'x' left behind: EPERM/);
  });
});

describe('without a /proc of its own', { skip: missing('root', 'pid namespaces') }, () => {
  for (const [what, unmount] of [
    ['but with that of another namespace', 'umount /proc'],
    ['and without any', 'while umount -l /proc 2>/dev/null; do :; done'],
  ] as const) {
    it(`${what}, a stop still lasts until the process group is gone`, async (t) => {
      const command = ['sh', '-c', `${unmount}; exec "$0" "$@"`, process.execPath, INITVISOR] as const;
      const config = program('x', 'stopwaitsecs=1') + program('y', 'stopwaitsecs=1');
      const stubborn = startsAndRuns(`(trap '' TERM; exec sleep 982) &`);
      const files = { x: startsAndRuns('sleep 981 &'), y: stubborn };
      const families = startFamilies(t, config, { files, command, asPid1: true });
      await families.waitForSleepers(981, 982);
      await families.call('supervisor.stopProcess', 'x', true);
      assert.deepEqual(families.sleepers(), ['sleep 982']);
      await families.call('supervisor.stopProcess', 'y', true);
      assert.deepEqual(families.sleepers(), []);
      assert.equal(await families.daemon.stop(), 0);
      assert.deepEqual(remarks(families), ["WARN killing what 'y' left behind: process group N"]);
      assert.doesNotMatch(families.daemon.output(), /internal error/);
    });
  }

  it('the daemon ends', async (t) => {
    const command = ['sh', '-c', 'while umount -l /proc 2>/dev/null; do :; done; exec "$0" "$@"'] as const;
    const files = { x: startsAndRuns('setsid sleep 981 &') };
    const all = [...command, process.execPath, INITVISOR] as const;
    const families = startFamilies(t, program('x'), { files, command: all, asPid1: true });
    await families.waitForSleepers(981);
    assert.equal(await families.daemon.stop(), 0);
    // The kernel has ended them with PID 1.
    await waitFor(() => families.sleepers().length === 0, 'nobody');
    assert.doesNotMatch(families.daemon.output(), /internal error/);
  });
});
