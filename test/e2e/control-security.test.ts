import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync, statSync } from 'node:fs';
import { createConnection, type Socket } from 'node:net';
import { join } from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import { createClient, send } from '../support/control-client.ts';
import { OWN_FILES, startDaemon, type TestDaemon } from '../support/daemon.ts';
import { freePort } from '../support/free-port.ts';
import { killAll } from '../support/survivors.ts';
import { waitFor } from '../support/wait-for.ts';

const SECRET = 'hunter2-do-not-tell';
const PASSWORD = 'pa55-do-not-tell';
const LOGIN = { Authorization: `Basic ${Buffer.from(`admin:${PASSWORD}`).toString('base64')}` };

interface Served {
  readonly daemon: TestDaemon;
  readonly port: number;
}

async function serve(t: TestContext, more = ''): Promise<Served> {
  const port = await freePort();
  const config = `${OWN_FILES}[inet_http_server]
port=127.0.0.1:${port}
${more}
[unix_http_server]
file=%DIR%/sock
chmod=0600
[rpcinterface:supervisor]
supervisor.rpcinterface_factory=supervisor.rpcinterface:make_main_rpcinterface
[program:p]
command=sh -c 'echo output; exec cat'
environment=API_KEY="${SECRET}"
startsecs=0
`;
  const daemon = startDaemon(t, { config, env: { OTHER_KEY: SECRET } });
  await waitFor(() => send({ port }, { path: '/ok.html', headers: LOGIN }).catch(() => null), 'the server');
  return { daemon, port };
}

const NESTED = [
  'supervisor.supervisord.options.warnings.linecache.os.system',
  'supervisor.constructor.constructor',
  'supervisor.__proto__.toString',
  'system.constructor',
  'supervisor.toString',
  '__proto__.x',
  'supervisor.hasOwnProperty',
];

const OUTSIDE = [
  '/logtail/../../../../etc/passwd',
  '/logtail/..%2f..%2f..%2f..%2fetc%2fpasswd',
  '/logtail/%2fetc%2fpasswd',
  '/logtail/p/../../../etc/passwd',
  '/logtail/p/%2e%2e%2f%2e%2e%2fetc%2fpasswd',
  '/logtail/%252e%252e%252fetc%252fpasswd',
  '/../../../../etc/passwd',
  '//etc/passwd',
  '/stylesheets/../../../../../etc/passwd',
  '/stylesheets/%2e%2e/%2e%2e/%2e%2e/etc/passwd',
  '/images/..%5c..%5cetc%5cpasswd',
  '/tail.html?processname=../../../etc/passwd',
  '/%00/etc/passwd',
];

const BOMB = `<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "aaaaaaaaaa">${Array.from(
  { length: 9 },
  (_, i) => `<!ENTITY ${String.fromCharCode(98 + i)} "${`&${String.fromCharCode(97 + i)};`.repeat(10)}">`,
).join('')}]><methodCall><methodName>&j;</methodName></methodCall>`;
const FILE_ENTITY = `<!DOCTYPE x [<!ENTITY f SYSTEM "file:///etc/passwd">]><methodCall><methodName>system.methodHelp</methodName><params><param><value>&f;</value></param></params></methodCall>`;
const DEEP = `<methodCall><methodName>x</methodName><params><param>${'<value><array><data>'.repeat(20_000)}`;

/** Of GET, unless said otherwise. */
const ENDPOINTS = [
  ...['/', '/index.html', '/tail.html?processname=p', '/ok.html', '/nope', '/stylesheets/supervisor.css'],
  ...['/logtail/p', '/logtail/p/stderr', '/logtail/nope', '/mainlogtail', '/RPC2', '/events', '/metrics', '/healthz'],
];

async function isAnswering({ port }: Served): Promise<void> {
  const answer = await createClient({ port }).call('supervisor.getState');
  assert.ok('value' in answer, JSON.stringify(answer));
}

/** Holds connections open until the test is over. */
function openMany(t: TestContext, port: number, count: number, text: string): Socket[] {
  return Array.from({ length: count }, () => {
    const socket = createConnection({ port, host: '127.0.0.1' });
    socket.on('error', () => undefined);
    if (text !== '') socket.write(text);
    t.after(() => socket.destroy());
    return socket;
  });
}

describe('the control servers against whoever can reach them', () => {
  it('know no method by a nested name, and no file by its path', async (t) => {
    const served = await serve(t);
    for (const name of NESTED) {
      const answer = await createClient(served).call(name, `touch ${served.daemon.dir}/owned`);
      assert.ok('fault' in answer && answer.fault === 1, `${name}: ${JSON.stringify(answer)}`);
    }
    assert.equal(existsSync(join(served.daemon.dir, 'owned')), false);
    for (const path of OUTSIDE) {
      const { status, body } = await send(served, { path });
      assert.doesNotMatch(body, /root:/, path);
      assert.ok(status === 404 || status === 400 || path.includes('tail.html'), `${path}: ${status}`);
    }
  });

  it('expand no entity, and refuse what is too deep or too large', async (t) => {
    const served = await serve(t);
    for (const body of [BOMB, FILE_ENTITY, DEEP]) {
      assert.equal((await send(served, { method: 'POST', path: '/RPC2', body })).status, 400);
    }
    const large = Buffer.alloc(1024 * 1024 + 1, 'a');
    assert.equal((await send(served, { method: 'POST', path: '/RPC2', body: large })).status, 413);
    assert.equal((await send(served, { headers: { 'X-Long': 'a'.repeat(40_000) } })).status, 431);
    await isAnswering(served);
  });

  it('answer everybody else while clients are slow, silent or take nothing', async (t) => {
    const served = await serve(t);
    openMany(t, served.port, 300, '');
    openMany(t, served.port, 60, 'POST /RPC2 HTTP/1.1\r\nContent-Length: 1000\r\n\r\n<');
    const greedy = openMany(t, served.port, 20, 'GET /mainlogtail HTTP/1.1\r\n\r\n');
    for (const socket of greedy) socket.pause();
    await isAnswering(served);
    const unix = await createClient({ socketPath: join(served.daemon.dir, 'sock') }).call('supervisor.getState');
    assert.ok('value' in unix);
    assert.doesNotMatch(served.daemon.output(), /internal error|exited/);
  });

  it('ask for the password everywhere, and tell no secret', async (t) => {
    const served = await serve(t, `username=admin\npassword=${PASSWORD}`);
    const wrong = { Authorization: `Basic ${Buffer.from('admin:wrong').toString('base64')}` };
    for (const path of ENDPOINTS) {
      for (const method of ['GET', 'POST']) {
        assert.equal((await send(served, { path, method })).status, 401, `${method} ${path}`);
        assert.equal((await send(served, { path, method, headers: wrong })).status, 401, `${method} ${path}`);
      }
    }
    const client = createClient({ socketPath: join(served.daemon.dir, 'sock') });
    const answers = [
      ...(await Promise.all(
        ['getAllConfigInfo', 'getAllProcessInfo', 'reloadConfig'].map((name) => client.call(`supervisor.${name}`)),
      )),
      await client.call('initvisor.explain', 'p'),
      await client.call('initvisor.plan'),
      await client.call('supervisor.readLog', 0, 0),
      await send(served, { path: '/', headers: LOGIN }),
      await send(served, { path: '/tail.html?processname=p', headers: LOGIN }),
    ];
    const text = JSON.stringify(answers);
    assert.ok(text.includes('stopwaitsecs'), 'the answers are there');
    for (const secret of [SECRET, PASSWORD]) assert.ok(!text.includes(secret), secret);
    assert.ok(!served.daemon.output().includes(PASSWORD) && !served.daemon.output().includes(SECRET));
  });

  it('serve no page that had its name resolved to them, and change nothing by GET', async (t) => {
    const served = await serve(t);
    for (const path of ['/', '/RPC2', '/logtail/p', '/mainlogtail', '/ok.html']) {
      for (const method of ['GET', 'POST']) {
        const { status } = await send(served, { path, method, headers: { Host: 'evil.example' } });
        assert.equal(status, 421, `${method} ${path}`);
      }
    }
    for (const action of ['stop', 'restart', 'clearlog', 'stopall', 'restartall', 'start']) {
      for (const path of ['/', '/index.html']) await send(served, { path: `${path}?action=${action}&processname=p` });
    }
    assert.equal((await send(served, { method: 'POST', path: '/?action=stop&processname=p' })).status >= 400, true);
    await isAnswering(served);
    assert.doesNotMatch(served.daemon.output(), /stopped: p|exited: p/);
  });
});

const WATCH = `
import os, sys
path, seen = sys.argv[1], set()
open(path + '.watched', 'w').close()
while not os.path.exists(path + '.end'):
    try:
        seen.add(oct(os.lstat(path).st_mode & 0o7777))
    except FileNotFoundError:
        pass
print(' '.join(sorted(seen)))
`;

const ON_SOCKET = `${OWN_FILES}[unix_http_server]
file=%DIR%/sock
chmod=0600
[rpcinterface:supervisor]
supervisor.rpcinterface_factory=supervisor.rpcinterface:make_main_rpcinterface
`;

const isListening = (daemon: TestDaemon) =>
  waitFor(
    () =>
      createClient({ socketPath: join(daemon.dir, 'sock') })
        .call('supervisor.getState')
        .catch(() => null),
    'the socket',
    undefined,
    daemon.output,
  );

describe('the socket in the file system', () => {
  it('never has wider permissions than asked for, whatever the umask', async (t) => {
    const script =
      'umask 0; python3 watch.py %DIR%/sock > seen & until [ -e %DIR%/sock.watched ]; do :; done; exec "$@"';
    const daemon = startDaemon(t, {
      config: ON_SOCKET,
      files: { 'watch.py': WATCH },
      command: ['/bin/sh', '-c', script, 'sh', process.execPath, join(import.meta.dirname, '../../dist/initvisor.cjs')],
    });
    await isListening(daemon);
    assert.equal(statSync(join(daemon.dir, 'sock')).mode & 0o777, 0o600);
    await once(spawn('touch', [join(daemon.dir, 'sock.end')]), 'close');
    await waitFor(() => readFileSync(join(daemon.dir, 'seen'), 'utf8') !== '', 'what was seen');
    assert.equal(readFileSync(join(daemon.dir, 'seen'), 'utf8'), '0o600\n');
  });

  it('is taken over from a daemon that is gone, never from one that lives', async (t) => {
    const first = startDaemon(t, { config: ON_SOCKET });
    await isListening(first);
    const config = ON_SOCKET.replace('%DIR%/sock', join(first.dir, 'sock'));
    const second = startDaemon(t, { config });
    assert.equal(await second.exited, 2, second.output());
    assert.match(second.output(), /already listening/);
    await isListening(first);
    killAll([{ pid: first.pid(), commandLine: '' }]);
    await first.exited;
    const third = startDaemon(t, { config });
    await isListening({ ...third, dir: first.dir });
    assert.match(third.output(), /Unlinking stale socket/);
  });
});
