import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import { OWN_FILES, startDaemon } from '../support/daemon.ts';
import { missing } from '../support/requirements.ts';
import { waitFor } from '../support/wait-for.ts';

interface Received {
  readonly headers: IncomingHttpHeaders;
  readonly body: Readonly<Record<string, unknown>>;
}

/** A webhook's server; `answer` says with what status, null never answers. */
async function startReceiver(t: TestContext, answer: (count: number) => number | null = () => 204) {
  const received: Received[] = [];
  const server = createServer((request, response) => {
    let text = '';
    request.setEncoding('utf8').on('data', (data: string) => {
      text += data;
    });
    request.on('end', () => {
      received.push({ headers: request.headers, body: JSON.parse(text) });
      const status = answer(received.length);
      if (status !== null) response.writeHead(status).end();
    });
  });
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
  t.after(() => {
    server.closeAllConnections();
    server.close();
  });
  const { port } = server.address() as AddressInfo;
  const events = () => received.map(({ body }) => body.event);
  return { received, events, url: `http://127.0.0.1:${port}/hook` };
}

const WEB = '[program:web]\ncommand=/bin/sleep 1000\nstartsecs=0\n';

const readOrEmpty = (path: string): string => {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
};

const TO_FILE = '#!/bin/sh\necho "$INITVISOR_EVENT_NAME $INITVISOR_EVENT_PROCESS $(cat)" >> "$1"\n';

describe('a webhook', () => {
  it('hears what it asked for, the shutdown included, and its headers are in no log', async (t) => {
    const { received, events, url } = await startReceiver(t);
    const hook = `[hook:x]\nevents=process_state,supervisor_state_change\nurl=${url}\nheaders=X-Token: hidden\n`;
    const daemon = startDaemon(t, { config: `${OWN_FILES}loglevel=trace\n${WEB}${hook}` });
    await waitFor(() => events().includes('PROCESS_STATE_RUNNING'), 'RUNNING');
    assert.equal(await daemon.stop(), 0);
    assert.deepEqual(events(), [
      'SUPERVISOR_STATE_CHANGE_RUNNING',
      'PROCESS_STATE_STARTING',
      'PROCESS_STATE_RUNNING',
      'SUPERVISOR_STATE_CHANGE_STOPPING',
      'PROCESS_STATE_STOPPING',
      'PROCESS_STATE_STOPPED',
    ]);
    const { headers, body } = received[2] ?? assert.fail();
    assert.equal(headers['x-token'], 'hidden');
    assert.equal(headers['content-type'], 'application/json');
    const { serial, time, pid, host, ...rest } = body;
    assert.deepEqual(rest, {
      ...{ event: 'PROCESS_STATE_RUNNING', identifier: 'supervisor', process: 'web', group: 'web' },
      ...{ state: 'RUNNING', from_state: 'STARTING' },
    });
    assert.ok([typeof serial, typeof pid, typeof host].join() === 'number,number,string');
    assert.match(String(time), /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
    assert.doesNotMatch(readFileSync(join(daemon.dir, 'main.log'), 'utf8'), /hidden|\/hook/);
  });

  it('is told again after a failure', async (t) => {
    const { events, url } = await startReceiver(t, (count) => (count === 1 ? 500 : 204));
    const hook = `[hook:x]\nevents=SUPERVISOR_STATE_CHANGE_RUNNING\nurl=${url}\n`;
    const daemon = startDaemon(t, { config: OWN_FILES + WEB + hook });
    await waitFor(() => events().length === 2, 'a second try');
    assert.equal(await daemon.stop(), 0);
  });

  it('that never answers holds up neither programs nor the end', async (t) => {
    const { events, url } = await startReceiver(t, () => null);
    const hook = `[hook:x]\nevents=EVENT\nurl=${url}\ntimeout=600\n`;
    const daemon = startDaemon(t, { config: OWN_FILES + WEB + hook });
    await daemon.waitForOutput(/web entered RUNNING/);
    await waitFor(() => events().length === 1, 'the first event');
    const before = performance.now();
    assert.equal(await daemon.stop(), 0);
    // It has a second; the rest is for a busy machine.
    assert.ok(performance.now() - before < 4000);
    assert.match(daemon.output(), /hook 'x' ends with \d+ events not delivered/);
  });

  it('is not waited for after a second signal', async (t) => {
    const { url } = await startReceiver(t, () => null);
    const hook = `[hook:x]\nevents=SUPERVISOR_STATE_CHANGE_STOPPING\nurl=${url}\ntimeout=600\n`;
    const daemon = startDaemon(t, { config: OWN_FILES + WEB + hook });
    await daemon.waitForOutput(/web entered RUNNING/);
    daemon.signal('SIGTERM');
    await daemon.waitForOutput(/stopped: web/);
    assert.equal(await daemon.stop(), 0);
    assert.doesNotMatch(daemon.output(), /not delivered/);
  });

  it('comes, changes and goes with the file', async (t) => {
    const { received, events, url } = await startReceiver(t);
    const hook = (token: string) => `[hook:x]\nevents=PROCESS_STATE_RUNNING\nurl=${url}\nheaders=T: ${token}\n`;
    const daemon = startDaemon(t, { config: OWN_FILES + WEB });
    await daemon.waitForOutput(/web entered RUNNING/);
    const { writeFileSync } = await import('node:fs');
    const config = (rest: string) =>
      writeFileSync(join(daemon.dir, 'supervisord.conf'), (OWN_FILES + WEB + rest).replaceAll('%DIR%', daemon.dir));
    config(`${hook('one')}[program:second]\ncommand=/bin/sleep 1000\nstartsecs=0\n`);
    daemon.signal('SIGHUP');
    await waitFor(() => events().length === 1, 'the event of the new program');
    config(`${hook('two')}[program:third]\ncommand=/bin/sleep 1000\nstartsecs=0\n`);
    daemon.signal('SIGHUP');
    await waitFor(() => events().length === 2, 'the event of the next program');
    assert.deepEqual(
      received.map(({ headers, body }) => [headers.t, body.process]),
      [
        ['one', 'second'],
        ['two', 'third'],
      ],
    );
    assert.equal(await daemon.stop(), 0);
  });
});

describe('a hook with a command', () => {
  for (const asPid1 of [false, true]) {
    it(`runs it for each event${asPid1 ? ', as PID 1' : ''}`, {
      skip: asPid1 && missing('pid namespaces'),
    }, async (t) => {
      const hook = '[hook:x]\nevents=PROCESS_STATE\ncommand=%(here)s/on-event %(here)s/heard\n';
      const config = `${OWN_FILES}${WEB}${hook}`;
      const daemon = startDaemon(t, { config, files: { 'on-event': TO_FILE }, asPid1 });
      const heard = () => readOrEmpty(join(daemon.dir, 'heard'));
      await waitFor(() => heard().includes('PROCESS_STATE_RUNNING'), 'RUNNING');
      assert.equal(await daemon.stop(), 0);
      const lines = heard().trimEnd().split('\n');
      assert.deepEqual(
        lines.map((line) => line.split(' ').slice(0, 2).join(' ')),
        ['STARTING', 'RUNNING', 'STOPPING', 'STOPPED'].map((state) => `PROCESS_STATE_${state} web`),
      );
      for (const line of lines) assert.equal(JSON.parse(line.slice(line.indexOf('{'))).process, 'web');
      assert.doesNotMatch(daemon.output(), /reaped unknown pid|left behind/);
    });
  }

  it('kills one that takes too long with all that it started, and says so', async (t) => {
    const files = { slow: '#!/bin/sh\nsleep 1000 & wait\n' };
    const hook = '[hook:x]\nevents=PROCESS_STATE_RUNNING\ncommand=%(here)s/slow\ntimeout=0.1\nretries=0\n';
    const daemon = startDaemon(t, { config: OWN_FILES + WEB + hook, files });
    await daemon.waitForOutput(/hook 'x' cannot deliver PROCESS_STATE_RUNNING .*: not done within 0.1 s; given up/);
    assert.equal(await daemon.stop(), 0);
    assert.doesNotMatch(daemon.output(), /left behind/);
  });

  it('says why one cannot be run', async (t) => {
    const hook = '[hook:x]\nevents=PROCESS_STATE_RUNNING\ncommand=/no/such\nretries=0\n';
    const daemon = startDaemon(t, { config: OWN_FILES + WEB + hook });
    await daemon.waitForOutput(/hook 'x' cannot deliver .*: can't find command '\/no\/such'; given up after 1 try/);
    assert.equal(await daemon.stop(), 0);
  });
});
