import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import { createCall } from '../../src/client/call.ts';
import { createNetTransport } from '../../src/client/net-transport.ts';
import { supervisorApi } from '../../src/client/supervisor-api.ts';
import { INITVISOR, ROOT, startDaemon, type TestDaemon } from '../support/daemon.ts';
import { freePort } from '../support/free-port.ts';
import { missing } from '../support/requirements.ts';
import { waitFor } from '../support/wait-for.ts';
import { serveMail } from './support.ts';

const DIST = join(ROOT, 'dist');

interface Ports {
  readonly smtp: number;
  readonly closed: number;
}

/** A listener as it stands in a configuration. */
function listener(name: string, events: string, command: string): string {
  return `[eventlistener:${name}]
command=${process.execPath} ${command}
events=${events}
startsecs=0
buffer_size=100
stderr_logfile=%DIR%/${name}.err
stdout_logfile=none
environment=SUPERVISOR_USERNAME="me",SUPERVISOR_PASSWORD="secret"
`;
}

/** Everything that the programs are for goes wrong: a crash, a program that cannot be started, a page that is away. */
function config({ smtp, closed }: Ports): string {
  const batch = `-t ops@example.com -f sup@example.com -H 127.0.0.1:${smtp} -e TICK_5 -i 0.05`;
  return `[supervisord]
logfile=%DIR%/main.log
pidfile=%DIR%/pid
childlogdir=%DIR%
nodaemon=true
[unix_http_server]
file=%DIR%/sock
username=me
password=secret
[rpcinterface:supervisor]
supervisor.rpcinterface_factory=supervisor.rpcinterface:make_main_rpcinterface
[program:web]
command=/bin/sleep 1000
startsecs=0
[program:hog]
command=/bin/sleep 1000
startsecs=0
[program:crash]
command=/bin/sh -c 'exit 3'
startsecs=0
autorestart=false
[program:fatal]
command=/bin/false
startretries=0
${listener('httpok', 'TICK_5', `${DIST}/httpok.cjs -p web -t 2 http://127.0.0.1:${closed}/`)}
${listener('memmon', 'TICK_5', `${DIST}/memmon.cjs -p hog=1`)}
${listener('crashmail', 'PROCESS_STATE_EXITED', `${DIST}/crashmail.cjs -m ops@example.com -s "cat > %DIR%/mail"`)}
${listener('crashmailbatch', 'PROCESS_STATE,TICK_5', `${DIST}/crashmailbatch.cjs ${batch}`)}
${listener('fatalmailbatch', 'PROCESS_STATE,TICK_5', `${DIST}/fatalmailbatch.cjs ${batch}`)}
${listener('crashsms', 'PROCESS_STATE,TICK_5', `${DIST}/crashsms.cjs -s sms ${batch}`)}
${listener('own', 'REMOTE_COMMUNICATION', '%DIR%/own.mjs')}
`;
}

/** Refuses what is sent as `twice` the first time. */
const OWN = `import { appendFileSync } from 'node:fs';
import { listen } from '${DIST}/listener.cjs';

let refused = false;
await listen({
  REMOTE_COMMUNICATION({ type, data }) {
    appendFileSync('%DIR%/own.txt', type + ' ' + data + '\\n');
    if (type !== 'twice' || refused) return;
    refused = true;
    throw new Error('not yet');
  },
});
appendFileSync('%DIR%/own.txt', 'end\\n');
`;

function read(daemon: TestDaemon, name: string): string {
  try {
    return readFileSync(join(daemon.dir, name), 'utf8');
  } catch {
    // Not there yet.
    return '';
  }
}

const waitForText = (daemon: TestDaemon, name: string, pattern: RegExp) =>
  waitFor(
    () => pattern.exec(read(daemon, name)),
    `${pattern} in ${name}`,
    undefined,
    () => `${read(daemon, name)}\n${read(daemon, 'main.log')}`,
  );

/** Calls each on a connection of its own, as nobody ends it. */
function serverOf(t: TestContext, daemon: TestDaemon) {
  const transport = createNetTransport(
    { kind: 'unix', path: join(daemon.dir, 'sock') },
    { username: 'me', password: 'secret' },
  );
  t.after(() => transport.close());
  return supervisorApi(createCall(transport));
}

async function tryAll(t: TestContext, command: readonly [string, ...string[]]): Promise<void> {
  const { mails, port } = await serveMail(t);
  const daemon = startDaemon(t, {
    command,
    config: config({ smtp: port, closed: await freePort() }),
    files: { 'own.mjs': OWN },
  });
  await waitForText(
    daemon,
    'mail',
    /^Subject: crash crashed at [\s\S]*\nProcess crash in group crash exited unexpect/m,
  );
  const server = serverOf(t, daemon);
  for (const [type, data] of [
    ['plain', 'a b'],
    ['twice', 'é€😀'],
    ['after', '😀\n'],
  ] as const) {
    assert.equal(await server.sendRemoteCommEvent(type, data), true);
  }
  const seen = await waitForText(daemon, 'own.txt', /^after[\s\S]*/m).then(() => read(daemon, 'own.txt'));
  assert.equal(seen, 'plain a b\ntwice é€😀\ntwice é€😀\nafter 😀\n\n');
  assert.match(read(daemon, 'own.err'), /^cannot handle REMOTE_COMMUNICATION: Error: not yet\n/);

  // These wait for a tick, all for the same.
  await waitForText(
    daemon,
    'httpok.err',
    /^Restarting selected processes \['web'\]\nweb is in RUNNING state, restarting\nweb restarted\n/,
  );
  await waitForText(daemon, 'memmon.err', /^Checking programs hog=1\nRSS of hog:hog is \d+\nRestarting hog:hog\n/);
  await waitForText(daemon, 'main.log', /spawned: 'hog'[\s\S]*spawned: 'hog'/);
  await waitFor(
    () => mails.length === 3,
    'mail of three programs',
    undefined,
    () => JSON.stringify(mails),
  );
  const texts = mails.map(({ text }) => text.replaceAll('=\n', '')).join('\n');
  assert.match(
    texts,
    /^Subject: Crash alert from supervisord\n[\s\S]*\n\n.{23} -- Process crash:crash \(pid \d+\) died unexpectedly$/m,
  );
  assert.match(
    texts,
    /^Subject: Fatal start alert from supervisord\n[\s\S]*\n\n.{23} -- Process fatal:fatal failed to start too many times$/m,
  );
  assert.match(texts, /^Subject: sms\n[\s\S]*\n\n\[crash:crash\]\(\d+\) exited unexpectedly .{23}$/m);
}

describe('listeners', { concurrency: true }, () => {
  it('work under initvisor', (t) => tryAll(t, [process.execPath, INITVISOR]));
  it('work under the real supervisord', { skip: missing('supervisor') }, (t) => tryAll(t, ['/usr/bin/supervisord']));

  it('end with the daemon', async (t) => {
    const files = { 'own.mjs': OWN };
    const daemon = startDaemon(t, {
      config: `[supervisord]\nlogfile=%DIR%/main.log\npidfile=%DIR%/pid\nchildlogdir=%DIR%\n${listener('own', 'EVENT', '%DIR%/own.mjs')}`,
      files,
    });
    await waitForText(daemon, 'main.log', /success: own entered RUNNING state/);
    daemon.child.kill('SIGKILL');
    await waitForText(daemon, 'own.txt', /^end\n$/);
    assert.equal(read(daemon, 'own.err'), '');
  });
});
