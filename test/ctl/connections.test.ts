import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import { startDaemon, temporaryDirectory } from '../support/daemon.ts';
import { missing } from '../support/requirements.ts';
import { waitFor } from '../support/wait-for.ts';
import { assertSame, comparable, runOurs, runUpstream } from './both.ts';

const skip = missing('supervisor');

const EVERY_COMMAND: readonly (readonly string[])[] = [
  ...'status,version,pid,pid all,avail,reread,update,shutdown,reload,maintail,maintail -f,start,help start'.split(','),
  ...'start x,stop x,restart x,signal HUP x,tail x,tail -f x,clear x,add x,remove x,fg x,status x,update x'.split(','),
  ...'start,stop,tail,clear,fg,restart,add,signal x'.split(','),
].map((line) => line.split(' '));

/** A TCP port on which nobody listens. */
async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const address = server.address();
  server.close();
  return typeof address === 'object' && address !== null ? address.port : 0;
}

async function sameForAll(prefix: readonly string[], cwd: string, commands = EVERY_COMMAND): Promise<void> {
  for (const words of commands) await assertSame([[...prefix, ...words]], { cwd });
}

describe('without a server', { skip }, () => {
  it('says that the socket is missing', async (t) => {
    await sameForAll(['-s', 'unix:///nosuch/socket'], temporaryDirectory(t));
  });

  it('says that the connection was refused', async (t) => {
    await sameForAll(['-s', `http://127.0.0.1:${await freePort()}`], temporaryDirectory(t));
  });

  const URLS: readonly string[] = [
    'http://nosuch.invalid:9001',
    `unix:///${'x'.repeat(200)}`,
    'https://localhost:9001',
    'localhost:9001',
    'unix:///tmp',
    'unix:///etc/passwd',
    'nourl',
    'http://',
    'unix://',
    'ftp://x/y',
  ];
  for (const url of URLS) {
    it(`takes ${url.slice(0, 40)} as upstream does`, async (t) => {
      await sameForAll(['-s', url], temporaryDirectory(t), [['status'], ['avail'], ['shutdown']]);
    });
  }
});

describe('its flags and its configuration file', { skip }, () => {
  const SECTION = '[supervisorctl]\nserverurl=unix:///nosuch/%(ENV_WHERE)s\n';
  const FILES: readonly (readonly [title: string, text: string])[] = [
    ['the section', SECTION],
    ['an environment variable', SECTION.replace('WHERE', 'HOME')],
    ['no section', '[supervisord]\n'],
    ['a name that does not expand', '[supervisorctl]\nserverurl=unix://%(nosuch)s\n'],
    ['its own directory', '[supervisorctl]\nserverurl=unix://%(here)s/sock\n'],
    ['a relative socket', '[supervisorctl]\nserverurl=unix://run/../sock\n'],
    ['an empty section', '[supervisorctl]\n'],
    ['a default section', '[DEFAULT]\nserverurl=unix:///nosuch/default\n[supervisorctl]\n'],
    ['a URL of another kind', '[supervisorctl]\nserverurl=gopher://x\n'],
    ['text before any section', 'serverurl=x\n'],
    ['a line that is none', '[supervisorctl]\nserverurl\n'],
    ['an include that has the section', '[include]\nfiles=other.conf\n'],
  ];
  for (const [title, text] of FILES) {
    it(`reads a file with ${title}`, async (t) => {
      const cwd = temporaryDirectory(t);
      writeFileSync(join(cwd, 'ctl.conf'), text);
      writeFileSync(join(cwd, 'other.conf'), SECTION);
      const options = { cwd, env: { WHERE: 'sock' } };
      await assertSame([['-c', 'ctl.conf', 'status']], options);
      await assertSame([['-c', 'ctl.conf', '-s', 'unix:///nosuch', 'status']], options);
    });
  }

  const WRONG: readonly (readonly string[])[] = [
    ['-x'],
    ['--nosuch'],
    ['-s'],
    ['-s', 'x'],
    ['--serverurl=x', 'status'],
    ['-i', '-i'],
    ['-u', 'a', '-u', 'b', 'status'],
    ['-c', 'nosuch.conf', 'status'],
    ['--interactive=1'],
    ['--s', 'unix:///nosuch', 'status'],
    ['--pass', 'x', '--user', 'y', '-s', 'unix:///nosuch', 'status'],
    ['-s', 'unix:///nosuch', '--', 'status'],
    ['-s', 'unix:///nosuch', ''],
    ['-s', 'unix:///nosuch', '  ', ' '],
  ];
  for (const words of WRONG) {
    it(`takes ${JSON.stringify(words)} as upstream does`, async (t) => {
      const cwd = temporaryDirectory(t);
      const [ours, upstream] = [await runOurs(words, { cwd }), await runUpstream(words, { cwd })];
      assert.deepEqual(comparable(ours), comparable(upstream));
      assert.equal(ours.stderr.split('\n')[0], upstream.stderr.split('\n')[0]);
    });
  }

  it('prints its usage', async (t) => {
    for (const flag of ['-h', '-?', '--help']) {
      const { stdout, status } = await runOurs([flag], { cwd: temporaryDirectory(t) });
      assert.match(stdout, /^Usage: /);
      assert.equal(status, 0);
    }
  });
});

async function startWithPassword(t: TestContext): Promise<{ readonly dir: string; readonly url: string }> {
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const config = `[inet_http_server]
port=127.0.0.1:${port}
username=user
password=p:ss word
[supervisord]
nodaemon=true
logfile=%DIR%/main.log
pidfile=%DIR%/pid
childlogdir=%DIR%
[rpcinterface:supervisor]
supervisor.rpcinterface_factory = supervisor.rpcinterface:make_main_rpcinterface
[supervisorctl]
[program:cat]
command=/bin/cat
`;
  const { dir } = startDaemon(t, { command: ['/usr/bin/supervisord'], config });
  const right = ['-s', url, '-u', 'user', '-p', 'p:ss word'];
  await waitFor(
    async () => (await runUpstream([...right, 'status'], { cwd: dir })).stdout.includes('RUNNING'),
    'a server with a password',
  );
  return { dir, url };
}

describe('with a password', { skip }, () => {
  it('gives it, and says so when it is wrong', async (t) => {
    const { dir, url } = await startWithPassword(t);
    const rows: readonly (readonly string[])[] = [
      ['-u', 'user', '-p', 'p:ss word'],
      ['-u', 'user', '-p', 'wrong'],
      ['-u', 'user'],
      ['-p', 'p:ss word'],
      [],
    ];
    for (const flags of rows)
      await sameForAll(['-s', url, ...flags], dir, [['status'], ['avail'], ['tail', 'cat'], ['shutdown', 'x']]);
  });

  it('asks for it in the shell', async (t) => {
    const { dir, url } = await startWithPassword(t);
    const { stdout } = await runOurs(['-s', url], { cwd: dir, input: 'user\np:ss word\nversion\n' });
    assert.match(stdout, /^Server requires authentication\nUsername:Password:\ncat +RUNNING .*\nsupervisor> \d/);
  });
});
