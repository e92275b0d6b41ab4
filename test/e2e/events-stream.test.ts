import assert from 'node:assert/strict';
import { get, type IncomingHttpHeaders } from 'node:http';
import { join } from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import { runOurs } from '../ctl/both.ts';
import { SERVER } from '../ctl/parity-config.ts';
import { startDaemon } from '../support/daemon.ts';
import { freePort } from '../support/free-port.ts';
import { waitFor } from '../support/wait-for.ts';

const WEB = '[program:web]\ncommand=/bin/sleep 1000\nstartsecs=0\n';

interface Stream {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  text(): string;
  hasEnded(): boolean;
}

/** A GET that goes on until the test ends. */
function open(t: TestContext, options: object, path: string, headers = {}): Promise<Stream> {
  return new Promise((resolve, reject) => {
    const request = get({ ...options, path, headers, agent: false }, (response) => {
      let text = '';
      let ended = false;
      response.setEncoding('utf8').on('data', (data: string) => {
        text += data;
      });
      response
        .on('error', () => undefined)
        .on('end', () => {
          ended = true;
        });
      const { statusCode: status = 0 } = response;
      resolve({ status, headers: response.headers, text: () => text, hasEnded: () => ended });
    });
    request.on('error', reject);
    t.after(() => request.destroy());
  });
}

const namesOf = (stream: Stream) => [...stream.text().matchAll(/^event: (\w+)$/gm)].map(([, name]) => name);

async function start(t: TestContext) {
  const daemon = startDaemon(t, { config: SERVER + WEB });
  await daemon.waitForOutput(/web entered RUNNING/);
  const socketPath = join(daemon.dir, /file=(?:%DIR%\/)?(\S+)/.exec(SERVER)?.[1] ?? '');
  const listen = (path: string, headers = {}) => open(t, { socketPath }, path, headers);
  const ctl = (...words: string[]) => runOurs(['-c', 'supervisord.conf', ...words], { cwd: daemon.dir });
  return { daemon, listen, ctl };
}

describe('/events', () => {
  it('tells what happens, with names, numbers and JSON', async (t) => {
    const { daemon, listen, ctl } = await start(t);
    const all = await listen('/events');
    const some = await listen('/events?types=process_state_stopped,TICK');
    assert.deepEqual([all.status, all.headers['content-type']], [200, 'text/event-stream;charset=utf-8']);
    await ctl('stop', 'web');
    await waitFor(() => namesOf(all).includes('PROCESS_STATE_STOPPED'), 'STOPPED');
    assert.deepEqual(
      namesOf(all).filter((name) => name?.startsWith('PROCESS')),
      ['PROCESS_STATE_STOPPING', 'PROCESS_STATE_STOPPED'],
    );
    await waitFor(() => namesOf(some).includes('PROCESS_STATE_STOPPED'), 'STOPPED');
    assert.ok(!namesOf(some).includes('PROCESS_STATE_STOPPING'));
    const [, id, json = ''] = /event: PROCESS_STATE_STOPPED\nid: (\d+)\ndata: (.*)\n\n/.exec(all.text()) ?? [];
    const { serial, process, group, state, from_state } = JSON.parse(json);
    assert.deepEqual([String(serial), process, group, state, from_state], [id, 'web', 'web', 'STOPPED', 'STOPPING']);
    assert.equal(await daemon.stop(), 0);
  });

  it('tells of the past to whoever asks, and from where a reader left', async (t) => {
    const { daemon, listen } = await start(t);
    const past = await listen('/events?past=1000&follow=false');
    await waitFor(past.hasEnded, 'the end');
    const started = [
      'PROCESS_GROUP_ADDED',
      'SUPERVISOR_STATE_CHANGE_RUNNING',
      'PROCESS_STATE_STARTING',
      'PROCESS_STATE_RUNNING',
    ];
    assert.deepEqual(namesOf(past).slice(-4), started);
    const ids = [...past.text().matchAll(/^id: (\d+)$/gm)].map(([, id]) => Number(id));
    assert.deepEqual(
      ids,
      [...ids].sort((a, b) => a - b),
    );
    const resumed = await listen('/events', { 'Last-Event-ID': String(ids.at(-3)) });
    await waitFor(() => namesOf(resumed).length >= 2, 'what was missed');
    assert.deepEqual(namesOf(resumed).slice(0, 2), started.slice(-2));
    assert.equal((await listen('/events?types=NOSUCH')).status, 400);
    assert.equal(await daemon.stop(), 0);
  });

  it('is behind the password and the check of Host like everything else', async (t) => {
    const port = await freePort();
    const server = `[inet_http_server]\nport=127.0.0.1:${port}\nusername=u\npassword=p\n`;
    const daemon = startDaemon(t, { config: `${SERVER}\n${server}${WEB}` });
    await daemon.waitForOutput(/serving http/);
    const options = { host: '127.0.0.1', port };
    const Authorization = `Basic ${btoa('u:p')}`;
    const statuses = [{}, { Authorization, Host: 'evil.example' }, { Authorization }].map(
      async (headers) => (await open(t, options, '/events', headers)).status,
    );
    assert.deepEqual(await Promise.all(statuses), [401, 421, 200]);
    assert.equal(await daemon.stop(), 0);
  });
});

describe('initvisorctl events', () => {
  it('shows the last ones as lines or as JSON', async (t) => {
    const { daemon, ctl } = await start(t);
    const { stdout, status } = await ctl('events', 'PROCESS_STATE');
    const time = '\\d{4}-\\d\\d-\\d\\d \\d\\d:\\d\\d:\\d\\d,\\d{3}';
    assert.match(stdout, new RegExp(`^${time} PROCESS_STATE_RUNNING web from STARTING, pid \\d+$`, 'm'));
    assert.doesNotMatch(stdout, /GROUP/);
    assert.equal(status, 0);
    const lines = (await ctl('events', '--json')).stdout.trimEnd().split('\n');
    assert.equal(JSON.parse(lines.at(-1) ?? '').event, 'PROCESS_STATE_RUNNING');
    const refused = await ctl('events', 'NOSUCH');
    assert.deepEqual([refused.stdout, refused.status], ['ERROR: there is no such type of event\n', 1]);
    assert.equal(await daemon.stop(), 0);
  });

  it('follows them until the daemon ends', async (t) => {
    const { daemon, ctl } = await start(t);
    const followed = ctl('events', '-f', 'PROCESS_STATE_STOPPED');
    // It takes a moment to connect, and nobody but the daemon knows when: enough happens meanwhile.
    for (let round = 0; round < 5; round++) for (const command of ['stop', 'start']) await ctl(command, 'web');
    assert.equal(await daemon.stop(), 0);
    const { stdout, status } = await followed;
    assert.match(stdout, /^\S+ \S+ PROCESS_STATE_STOPPED web from STOPPING, pid \d+$/m);
    assert.doesNotMatch(stdout, /STARTING/);
    assert.equal(status, 0);
  });
});
