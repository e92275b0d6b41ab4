import assert from 'node:assert/strict';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { AS_NOBODY, INITVISOR, OWN_FILES, startDaemon, type TestDaemon } from '../support/daemon.ts';
import { missing } from '../support/requirements.ts';
import { waitFor } from '../support/wait-for.ts';

const textOf = ({ dir }: TestDaemon, name: string): string =>
  existsSync(join(dir, name)) ? readFileSync(join(dir, name), 'latin1') : '';

const once = (name: string, script: string, ...options: readonly string[]): string =>
  [`[program:${name}]`, `command=sh -c '${script}'`, 'startsecs=0', 'autorestart=false', ...options, ''].join('\n');

describe('programs’ logs', () => {
  it('get names and modes of their own, and go at the next start', async (t) => {
    const stale = 'x-stdout---supervisor-abcdefgh.log';
    const others = 'x-stdout---other-abcdefgh.log';
    const config = OWN_FILES + once('p', 'echo out; echo err >&2; exec sleep 1000');
    const daemon = startDaemon(t, { config, files: { [stale]: '', [`${stale}.1`]: '', [others]: '' } });
    await daemon.waitForOutput(/success: p/);
    const names = readdirSync(daemon.dir).filter((name) => name.includes('---'));
    assert.equal(names.length, 3, names.join(' '));
    assert.ok(names.includes(others), 'another identifier’s log stays');
    for (const [channel, text] of [
      ['stdout', 'out\n'],
      ['stderr', 'err\n'],
    ] as const) {
      const name = names.find((each) => new RegExp(`^p-${channel}---supervisor-[a-z0-9_]{8}\\.log$`).test(each)) ?? '';
      await waitFor(() => textOf(daemon, name) === text, `${channel} in ${name}`);
      assert.equal(statSync(join(daemon.dir, name)).mode & 0o777, 0o600);
    }
    assert.equal(await daemon.stop(), 0);
  });

  it('stay with nocleanup', async (t) => {
    const stale = 'x-stdout---supervisor-abcdefgh.log';
    const daemon = startDaemon(t, { config: `${OWN_FILES}nocleanup=true\n`, files: { [stale]: 'old' } });
    await daemon.waitForOutput(/supervisord started/);
    assert.equal(textOf(daemon, stale), 'old');
    assert.equal(await daemon.stop(), 0);
  });

  it('rotate, keep as many backups as wanted, and lose nothing in between', async (t) => {
    const log = 'stdout_logfile=%DIR%/r.log\nstdout_logfile_maxbytes=4KB\nstdout_logfile_backups=3';
    const daemon = startDaemon(t, { config: OWN_FILES + once('r', 'seq -w 1 1000', log) });
    await daemon.waitForOutput(/exited: r/);
    assert.equal(await daemon.stop(), 0);
    const names = readdirSync(daemon.dir)
      .filter((name) => name.startsWith('r.log'))
      .sort();
    assert.deepEqual(names.slice(0, 1), ['r.log']);
    assert.ok(names.length >= 2 && names.length <= 4, names.join(' '));
    const kept = names
      .reverse()
      .map((name) => textOf(daemon, name))
      .join('')
      .trimEnd()
      .split('\n')
      .map(Number);
    assert.equal(kept.at(-1), 1000);
    assert.deepEqual(
      kept,
      kept.map((_, index) => (kept[0] ?? 0) + index),
      'one after the other',
    );
  });

  it('may be one file of two programs, line by line', async (t) => {
    const shared = 'stdout_logfile=%DIR%/shared.log\nstdout_logfile_maxbytes=0';
    const talk = (word: string) => `for i in $(seq 500); do echo ${word} $i end; done`;
    const config = OWN_FILES + once('a', talk('aaa'), shared) + once('b', talk('bbb'), shared);
    const daemon = startDaemon(t, { config });
    await daemon.waitForOutput(/exited: a/);
    await daemon.waitForOutput(/exited: b/);
    assert.equal(await daemon.stop(), 0);
    const lines = textOf(daemon, 'shared.log').trimEnd().split('\n');
    assert.equal(lines.length, 1000);
    for (const line of lines) assert.match(line, /^(aaa|bbb) \d+ end$/);
  });

  it('keep bytes as they are: binary, and ten megabytes without a newline', async (t) => {
    const config =
      OWN_FILES +
      once('bin', 'printf "\\\\000\\\\377\\\\200\\\\r\\\\n\\\\033[0m"', 'stdout_logfile=%DIR%/bin.log') +
      once(
        'long',
        'head -c 10000000 /dev/zero | tr "\\\\000" x',
        'stdout_logfile=%DIR%/long.log',
        'stdout_logfile_maxbytes=0',
      );
    const daemon = startDaemon(t, { config });
    await daemon.waitForOutput(/exited: bin/);
    await daemon.waitForOutput(/exited: long/);
    assert.equal(await daemon.stop(), 0);
    assert.equal(textOf(daemon, 'bin.log'), '\x00\xff\x80\r\n\x1b[0m');
    assert.equal(textOf(daemon, 'long.log'), 'x'.repeat(10_000_000));
  });

  it('take the last output before the end, also at loglevel=debug', async (t) => {
    const config = `${OWN_FILES}loglevel=debug\n${once('p', 'echo last words', 'stdout_logfile=NONE')}`;
    const daemon = startDaemon(t, { config });
    await daemon.waitForOutput(/exited: p/);
    await daemon.waitForOutput(/DEBG 'p' stdout output:\nlast words/, 3000);
    assert.equal(await daemon.stop(), 0);
  });
});

describe('the container’s own stdout and stderr', () => {
  const own = [
    ['/dev/stdout', '/dev/stderr'],
    ['/proc/self/fd/1', '/proc/self/fd/2'],
    ['/dev/fd/1', '/dev/fd/2'],
    ['/proc/1/fd/1', '/proc/1/fd/2'],
  ] as const;
  for (const [out, err] of own) {
    it(`is meant by ${out} and ${err}`, async (t) => {
      const config =
        OWN_FILES + once('p', 'echo to out; echo to err >&2', `stdout_logfile=${out}`, `stderr_logfile=${err}`);
      const daemon = startDaemon(t, { config });
      await daemon.waitForOutput(/^to out$/m);
      await daemon.waitForOutput(/^to err$/m);
      assert.equal(await daemon.stop(), 0);
    });
  }

  it('are written to by a user who may not open them', { skip: missing('root') }, async (t) => {
    // A pipe of root's: nobody else may open it by its name.
    const config = OWN_FILES + once('p', 'echo to out', 'stdout_logfile=/dev/stdout', 'redirect_stderr=true');
    const command = ['sh', '-c', '"$@" | cat', 'sh', ...AS_NOBODY, process.execPath, INITVISOR] as const;
    const daemon = startDaemon(t, { config, command, modes: { '.': 0o777 } });
    await daemon.waitForOutput(/^to out$/m);
    const pid = await waitFor(() => Number(textOf(daemon, 'pid')) || null, 'the pidfile');
    process.kill(pid, 'SIGTERM');
    await daemon.exited;
    assert.doesNotMatch(daemon.output(), /EACCES/);
  });

  it('may be gone: nobody reads any more, and all goes on', async (t) => {
    const talk = 'while :; do echo 12345; sleep 0.01; done';
    const config = `${OWN_FILES}silent=true\n${once('p', talk, 'stdout_logfile=/dev/stdout')}${once('q', 'exec sleep 1000')}`;
    const daemon = startDaemon(t, { config });
    await daemon.waitForOutput(/12345/);
    daemon.child.stdout?.destroy();
    await waitFor(
      () => textOf(daemon, 'main.log').includes('cannot write to stdout'),
      'the report',
      undefined,
      () => textOf(daemon, 'main.log'),
    );
    const exited = new Promise((resolve) => daemon.child.once('exit', resolve));
    daemon.signal('SIGTERM');
    assert.equal(await exited, 0);
    assert.match(textOf(daemon, 'main.log'), /stopped: p[\s\S]*stopped: q|stopped: q[\s\S]*stopped: p/);
  });

  it('may be unread for ever: a program that writes flat out delays neither others nor the end', async (t) => {
    const config =
      `${OWN_FILES}silent=true\n` +
      once('flood', 'exec yes', 'stdout_logfile=/dev/stdout') +
      '[program:flaky]\ncommand=sh -c "sleep 0.3; exit 1"\nstartsecs=0\n';
    const daemon = startDaemon(t, { config });
    daemon.child.stdout?.pause();
    const restarts = () => textOf(daemon, 'main.log').split("spawned: 'flaky'").length - 1;
    await waitFor(() => restarts() >= 3, 'restarts of the other program');
    const start = Date.now();
    const exited = new Promise((resolve) => daemon.child.once('exit', resolve));
    daemon.signal('SIGTERM');
    assert.equal(await exited, 0);
    assert.ok(Date.now() - start < 5000, `took ${Date.now() - start} ms`);
    daemon.child.stdout?.resume();
  });
});

describe('a log that cannot be', () => {
  it('a directory in place of a file fails the start, is said, and is retried', async (t) => {
    const config = OWN_FILES + once('p', 'exec sleep 1000', 'stdout_logfile=%DIR%/dir/log', 'startretries=0');
    const daemon = startDaemon(t, { config, files: { 'dir/log/file': '' } });
    await daemon.waitForOutput(/spawnerr: unknown error making dispatchers for 'p': EISDIR/);
    await daemon.waitForOutput(/gave up: p entered FATAL/);
    assert.equal(await daemon.stop(), 0);
  });

  it('a folder that goes while the program runs costs nothing', async (t) => {
    const config = OWN_FILES + once('p', 'while :; do echo x; sleep 0.02; done', 'stdout_logfile=%DIR%/logs/p.log');
    const daemon = startDaemon(t, { config, files: { 'logs/keep': '' } });
    await waitFor(() => textOf(daemon, 'logs/p.log') !== '', 'the first line');
    rmSync(join(daemon.dir, 'logs'), { recursive: true });
    daemon.signal('SIGUSR2');
    await daemon.waitForOutput(/supervisord logreopen/);
    mkdirSync(join(daemon.dir, 'logs'));
    daemon.signal('SIGUSR2');
    await waitFor(() => textOf(daemon, 'logs/p.log') !== '', 'a line in the new folder', undefined, daemon.output);
    assert.equal(await daemon.stop(), 0);
    assert.doesNotMatch(daemon.output(), /exited: p/);
  });
});
