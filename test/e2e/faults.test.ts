import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { AS_NOBODY, INITVISOR, OWN_FILES, startDaemon, type TestDaemon } from '../support/daemon.ts';
import { missing } from '../support/requirements.ts';
import { waitFor } from '../support/wait-for.ts';

const NODE = [process.execPath, INITVISOR] as const;

const program = (name: string, command: string, ...options: readonly string[]): string =>
  [`[program:${name}]`, `command=${command}`, 'startsecs=0', ...options, ''].join('\n');

const SLEEPER = program('ok', 'sleep 1000', 'priority=1');

async function endsProperly(daemon: TestDaemon): Promise<void> {
  assert.equal(await daemon.stop(), 0, daemon.output());
  assert.match(daemon.output(), /stopped: ok/);
  assert.doesNotMatch(daemon.output(), /internal error/);
}

describe('one program that cannot run does not trouble the others', () => {
  const rows: readonly (readonly [what: string, config: string, said: RegExp])[] = [
    ['not executable', program('x', '/etc/passwd'), /spawnerr: command at '\/etc\/passwd' is not executable/],
    ['a directory', program('x', '/etc'), /spawnerr: command at '\/etc' is a directory/],
    ['not there', program('x', 'no-such-program'), /spawnerr: can't find command 'no-such-program'/],
    ['a script for no interpreter', program('x', '%DIR%/bad'), /exited: x \(exit status 127; not expected\)/],
    ['in no directory', program('x', 'true', 'directory=/no/such'), /exited: x \(exit status 127; not expected\)/],
    ['a command of quotes only', program('x', `'`), /can't parse command "'": No closing quotation/],
    ['a huge environment', program('x', 'true', `environment=BIG="${'x'.repeat(200_000)}"`), /exit status 127|E2BIG/],
    ['a name like an option', program('--help', 'false', 'autorestart=false'), /exited: --help \(exit status 1/],
  ];
  for (const [what, config, said] of rows) {
    it(what, async (t) => {
      const files = { bad: '#!/no/such/interpreter\n' };
      const daemon = startDaemon(t, { config: `${OWN_FILES}${SLEEPER}${config}`, files });
      await daemon.waitForOutput(said);
      await daemon.waitForOutput(/success: ok/);
      await endsProperly(daemon);
    });
  }
});

describe('numbers at their ends', () => {
  const rows = [
    ['startsecs=99999999999', /spawned: 'n'/],
    ['stopwaitsecs=1000000000', /success: n/],
    ['stopwaitsecs=-5', /success: n/],
    ['startsecs=-1', /success: n/],
    ['priority=-2147483649', /success: n/],
    ['priority=999999999999999999999', /success: n/],
    ['startretries=99999999999999999999', /success: n/],
    ['numprocs=3\nprocess_name=n%(process_num)d', /success: n2/],
  ] as const;
  for (const [option, said] of rows) {
    it(option.replace('\n', ', '), async (t) => {
      const daemon = startDaemon(t, { config: `${OWN_FILES}${SLEEPER}${program('n', 'sleep 1000')}${option}\n` });
      await daemon.waitForOutput(said);
      await daemon.waitForOutput(/success: ok/);
      await endsProperly(daemon);
      assert.match(daemon.output(), /stopped: n/);
    });
  }

  it('numprocs=0 is a section without processes, or an error with its place', async (t) => {
    const daemon = startDaemon(t, { config: `${OWN_FILES}${SLEEPER}${program('n', 'true', 'numprocs=0')}` });
    const [said] = await daemon.waitForOutput(/success: ok|supervisord\.conf:\d+: error/);
    if (said.startsWith('success')) await endsProperly(daemon);
    else assert.equal(await daemon.exited, 2);
  });
});

describe('what the daemon itself lacks', () => {
  it('descriptors: programs are retried, and all ends properly', async (t) => {
    const config = `${OWN_FILES}minfds=20\n${SLEEPER}${program('n', 'sleep 1000', 'numprocs=30', 'process_name=n%(process_num)d', 'startretries=100')}`;
    const command = ['prlimit', '--nofile=70:70', ...NODE] as const;
    const daemon = startDaemon(t, { config, command });
    await daemon.waitForOutput(/spawnerr: too many open files to spawn 'n\d+'/);
    await daemon.waitForOutput(/success: ok/);
    const [, pid] = await daemon.waitForOutput(/spawned: 'n0' with pid (\d+)/);
    process.kill(Number(pid), 'SIGKILL');
    // Whoever waits for descriptors gets those.
    await daemon.waitForOutput(/exited: n0 \(terminated by SIGKILL; not expected\)[\s\S]*spawned/);
    await endsProperly(daemon);
  });

  it('processes: EAGAIN is told and retried', { skip: missing('root') }, async (t) => {
    const uid = 54_321;
    const config = `${OWN_FILES}minprocs=1\n${SLEEPER}${program('n', 'sleep 1000', 'numprocs=30', 'process_name=n%(process_num)d', 'startretries=100')}`;
    const command = [
      'setpriv',
      `--reuid=${uid}`,
      `--regid=${uid}`,
      '--clear-groups',
      'prlimit',
      '--nproc=30:30',
      ...NODE,
    ] as const;
    const daemon = startDaemon(t, { config, command, modes: { '.': 0o777 } });
    await daemon.waitForOutput(/spawnerr: Too many processes in process table to spawn 'n\d+'/);
    await daemon.waitForOutput(/success: ok/);
    await endsProperly(daemon);
  });

  it('a place to write: no log, no pidfile and no AUTO log keep it from running', {
    skip: missing('root'),
  }, async (t) => {
    const config = `[supervisord]\nlogfile=%DIR%/closed/main.log\npidfile=%DIR%/closed/pid\nchildlogdir=%DIR%/closed\ntermination_log=%DIR%/closed/why\n${SLEEPER}`;
    const daemon = startDaemon(t, {
      config,
      files: { 'closed/file': '' },
      modes: { '.': 0o755, closed: 0o555 },
      command: [...AS_NOBODY, ...NODE],
    });
    await daemon.waitForOutput(/success: ok/);
    for (const said of [
      /cannot open the main log .*: EACCES; going on without it/,
      /could not write pidfile .*: EACCES/,
      /cannot make a stdout log for 'ok': EACCES; it runs without one/,
    ]) {
      assert.match(daemon.output(), said);
    }
    await endsProperly(daemon);
    assert.match(daemon.output(), /cannot write the termination log .*: EACCES/);
  });

  it('room on the disk: logs, pidfile and last words', { skip: missing('root') }, async (t) => {
    // A mount of its own that no one else sees.
    const script =
      'mkdir full && mount -t tmpfs -o size=64k none full && head -c 100000 /dev/zero > full/fill; exec "$@"';
    const command = ['unshare', '--mount', 'sh', '-c', script, 'sh', ...NODE] as const;
    const config = `[supervisord]\nlogfile=%DIR%/full/main.log\npidfile=%DIR%/full/pid\nchildlogdir=%DIR%\ntermination_log=%DIR%/full/why\n${SLEEPER}
[program:talker]\ncommand=sh -c 'while :; do echo hello; sleep 0.02; done'\nstartsecs=0\nstdout_logfile=%DIR%/full/talker.log\n`;
    const daemon = startDaemon(t, { config, command });
    await daemon.waitForOutput(/could not write pidfile .*: ENOSPC/);
    await daemon.waitForOutput(/cannot write to .*full\/talker\.log: ENOSPC/);
    await endsProperly(daemon);
  });

  it('/proc: programs start, stop and are reaped without it', { skip: missing('root') }, async (t) => {
    const command = ['unshare', '--mount', 'sh', '-c', 'umount -l /proc; exec "$@"', 'sh', ...NODE] as const;
    const left = program('left', `sh -c 'trap "" TERM; sleep 1000 & exec sleep 1000'`, 'stopwaitsecs=1');
    const daemon = startDaemon(t, { config: `${OWN_FILES}${SLEEPER}${left}`, command });
    await daemon.waitForOutput(/success: ok/);
    await daemon.waitForOutput(/success: left/);
    await endsProperly(daemon);
    assert.match(daemon.output(), /stopped: left/);
  });

  it('nothing: a thousand programs come up and go down', async (t) => {
    const logs = ['stdout_logfile=NONE', 'redirect_stderr=true'];
    const config = `${OWN_FILES}minfds=8192\n${program('n', 'sleep 1000', 'numprocs=1000', 'process_name=n%(process_num)d', ...logs)}`;
    const daemon = startDaemon(t, { config });
    const count = (text: string) => daemon.output().split(text).length - 1;
    await waitFor(() => count('success: n') === 1000, 'a thousand programs', 60_000);
    assert.equal(await daemon.stop(), 0);
    assert.equal(count('stopped: n'), 1000);
  });
});

describe('a configuration that cannot be read', () => {
  const rows: readonly (readonly [what: string, prepare: string, said: RegExp])[] = [
    ['a directory', 'mkdir odd', /^Error: /m],
    ['nobody may read', 'touch odd; chmod 0 odd', /^Error: /m],
    ['binary', 'head -c 4096 /dev/urandom > odd', /^Error: /m],
    ['zeros', 'head -c 4096 /dev/zero > odd', /^Error: /m],
    ['invalid UTF-8', 'printf "[supervisord]\\nidentifier=\\377\\n" > odd', /^Error: .*(utf-8|UTF-8)/m],
    ['huge', 'truncate -s 3G odd', /^Error: /m],
    ['empty', 'touch odd', /^Error: .*does not include supervisord section/m],
  ];
  for (const [what, prepare, said] of rows) {
    it(what, { skip: missing('root') }, async (t) => {
      // The shell leaves out the path of the configuration that comes after.
      const script = `${prepare}; exec ${AS_NOBODY.join(' ')} "$0" "$1" -c odd`;
      const daemon = startDaemon(t, {
        config: OWN_FILES,
        command: ['sh', '-c', script, ...NODE],
        modes: { '.': 0o777 },
      });
      assert.equal(await daemon.exited, 2, daemon.output());
      assert.match(daemon.output(), said);
      assert.ok(!existsSync(join(daemon.dir, 'main.log')));
    });
  }

  it('a byte order mark is none of its text', async (t) => {
    const daemon = startDaemon(t, { config: `\ufeff${OWN_FILES}${SLEEPER}` });
    const [said] = await daemon.waitForOutput(/success: ok|Error: /);
    // The real one refuses it; either way it is said at once.
    if (said.startsWith('success')) assert.equal(await daemon.stop(), 0);
    else assert.equal(await daemon.exited, 2);
  });

  it('odd bytes in the environment do no harm', async (t) => {
    const command = ['sh', '-c', `ODD="$(printf 'a\\377b')" NOTHING= exec "$0" "$@"`, ...NODE] as const;
    const shown = program('x', `sh -c 'printf "%%s" "$ODD" > %DIR%/odd; exec sleep 1000'`);
    const daemon = startDaemon(t, { config: `${OWN_FILES}${SLEEPER}${shown}`, command });
    const read = () => (existsSync(join(daemon.dir, 'odd')) ? readFileSync(join(daemon.dir, 'odd'), 'latin1') : '');
    assert.match(await waitFor(() => read() || null, 'the value'), /^a.+b$/);
    await endsProperly(daemon);
  });
});
