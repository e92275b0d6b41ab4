import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import { setTimeout as pass } from 'node:timers/promises';
import { createClient, type ServerAddress } from '../support/control-client.ts';
import { runLoad } from '../support/control-load.ts';
import { OWN_FILES, startDaemon, type TestDaemon } from '../support/daemon.ts';
import { freePort } from '../support/free-port.ts';
import { killAll } from '../support/survivors.ts';
import { waitFor } from '../support/wait-for.ts';

const CLIENTS = 200;
const SECONDS = 2.5;
const PROGRAMS = 10;
const MB = 1024;
/** Idle with servers open: the promise, and what is left after many clients. */
const IDLE_KIB = 12 * MB;
const AFTER_LOAD_KIB = 24 * MB;
/** More than a busy machine takes for a restart that nothing delays. */
const RESTART_MS = 1500;

const anonymousKib = (pid: number): number =>
  Number(/^RssAnon:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'latin1'))?.[1]);

async function begin(t: TestContext): Promise<{ daemon: TestDaemon; tcp: ServerAddress; unix: ServerAddress }> {
  const port = await freePort();
  const config = `${OWN_FILES}[unix_http_server]
file=%DIR%/sock
[inet_http_server]
port=127.0.0.1:${port}
[rpcinterface:supervisor]
supervisor.rpcinterface_factory=supervisor.rpcinterface:make_main_rpcinterface
[program:p]
command=sleep 1000
numprocs=${PROGRAMS}
process_name=p%(process_num)d
startsecs=0
`;
  const daemon = startDaemon(t, { config });
  const unix = { socketPath: join(daemon.dir, 'sock') };
  await waitFor(async () => (await pidsOf(unix).catch(() => [])).length === PROGRAMS, 'the control server');
  return { daemon, tcp: { port }, unix };
}

async function pidsOf(address: ServerAddress): Promise<number[]> {
  const answer = await createClient(address).call('supervisor.getAllProcessInfo');
  assert.ok('value' in answer && Array.isArray(answer.value));
  return answer.value.map((info: { readonly pid?: unknown }) => Number(info.pid));
}

/** All of the programs, each once and running. */
function check(body: string): string | null {
  if (!body.endsWith('</methodResponse>\n')) return 'cut off';
  const names = body.match(/<value><string>p\d<\/string>/g) ?? [];
  const running = body.match(/<string>RUNNING<\/string>/g) ?? [];
  return new Set(names).size === PROGRAMS && running.length === PROGRAMS ? null : `wrong: ${running.length} running`;
}

describe(`${CLIENTS} clients at once`, { concurrency: false }, () => {
  it('each get every answer right, disturb no program, and leave no memory behind', async (t) => {
    const { daemon, tcp, unix } = await begin(t);
    const before = await pidsOf(unix);
    for (const address of [unix, tcp]) {
      for (const keepsAlive of [true, false]) {
        const method = 'supervisor.getAllProcessInfo';
        const result = await runLoad({ address, method, clients: CLIENTS, seconds: SECONDS, keepsAlive, check });
        assert.deepEqual(result.problems, [], JSON.stringify({ address, keepsAlive }));
        assert.ok(result.answers > CLIENTS, `${result.answers} answers`);
      }
    }
    assert.deepEqual(await pidsOf(unix), before);
    assert.doesNotMatch(daemon.output(), /exited|internal error/);
    await waitFor(
      () => anonymousKib(daemon.pid()) < AFTER_LOAD_KIB,
      'memory to come back',
      undefined,
      () => {
        return `${anonymousKib(daemon.pid())} KiB`;
      },
    );
  });

  it('do not delay the restart of a program', async (t) => {
    const { daemon, unix } = await begin(t);
    const [victim = 0] = await pidsOf(unix);
    const load = runLoad({
      ...{ address: unix, method: 'supervisor.getState', clients: CLIENTS, seconds: SECONDS, keepsAlive: true },
      check: (body) => (body.includes('RUNNING') ? null : body),
    });
    await pass(SECONDS * 300);
    const killedAt = performance.now();
    killAll([{ pid: victim, commandLine: '' }]);
    await daemon.waitForOutput(/exited: p0 [\s\S]+spawned: 'p0'/u);
    assert.ok(performance.now() - killedAt < RESTART_MS, `${performance.now() - killedAt} ms`);
    assert.deepEqual((await load).problems, []);
  });
});

describe('a daemon with servers that nobody talks to', () => {
  it(`needs at most ${IDLE_KIB / MB} MB of its own`, async (t) => {
    const { daemon } = await begin(t);
    // What the start left behind is collected some seconds later.
    await waitFor(
      () => anonymousKib(daemon.pid()) <= IDLE_KIB,
      'little memory',
      undefined,
      () => {
        return `${anonymousKib(daemon.pid())} KiB`;
      },
    );
  });
});
