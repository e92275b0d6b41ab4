import assert from 'node:assert/strict';
import { once } from 'node:events';
import { type AddressInfo, createConnection, createServer, type Socket } from 'node:net';
import { after, describe, it, type TestContext } from 'node:test';
import { startPolledProbe } from '../../src/probes/polled.ts';
import { freePort } from '../support/free-port.ts';
import { waitFor } from '../support/wait-for.ts';
import { createProbeWorld, LONG_MS, openDescriptors, RUNTIME, SHORT_MS } from './probe-world.ts';

const world = createProbeWorld();
after(() => world.close());

async function serve(t: TestContext, host: string, handle: (socket: Socket) => void): Promise<number> {
  const server = createServer((socket) => {
    socket.on('error', () => undefined);
    handle(socket);
  }).listen(0, host);
  await once(server, 'listening');
  t.after(() => void server.close());
  return (server.address() as AddressInfo).port;
}

const check = (host: string, port: number, timeoutMs = LONG_MS) =>
  world.check({ kind: 'tcp', host, port }, { timeoutMs });

const CONNECTED = { ok: true, detail: 'connected' };

describe('a check by TCP', () => {
  it('connects by address or name, sends nothing and hangs up', async (t) => {
    const ended: string[] = [];
    const port = await serve(t, '::', (socket) => {
      let received = '';
      socket.on('data', (data) => (received += data)).on('close', () => ended.push(received));
      socket.resume();
    });
    const hosts = ['127.0.0.1', 'localhost', '::1'];
    for (const host of hosts) assert.deepEqual(await check(host, port), CONNECTED);
    await waitFor(() => ended.length === hosts.length, 'the ends of all connections');
    assert.deepEqual(ended, ['', '', '']);
  });

  it('is well with a server that greets, or closes at once', async (t) => {
    const greeting = await serve(t, '127.0.0.1', (socket) => void socket.end('220 hello\r\n'));
    const closing = await serve(t, '127.0.0.1', (socket) => void socket.destroy());
    assert.deepEqual(await check('127.0.0.1', greeting), CONNECTED);
    assert.deepEqual(await check('127.0.0.1', closing), CONNECTED);
  });

  it('tells why there is no connection', async () => {
    const port = await freePort();
    for (const host of ['127.0.0.1', '::1', 'localhost']) {
      assert.deepEqual(await check(host, port), { ok: false, detail: 'connection refused (ECONNREFUSED)' });
    }
    const { ok, detail } = await check('nowhere.invalid', port);
    assert.equal(ok, false);
    assert.match(detail, /^(unknown host \(ENOTFOUND\)|the host cannot be looked up now \(EAI_AGAIN\))$/);
  });

  it('is over in time where nobody answers, and cancelled it says nothing; no socket is left', async (t) => {
    const { native } = world;
    const port = await freePort();
    // A queue for one that nobody accepts from: whoever comes later has no answer at all.
    const listener = native.listenTcp('127.0.0.1', port, 0);
    const waiting = Array.from({ length: 4 }, () => createConnection({ host: '127.0.0.1', port }));
    t.after(() => {
      for (const socket of waiting) socket.on('error', () => undefined).destroy();
      native.close(listener);
    });
    await waitFor(() => waiting.some((socket) => socket.readyState === 'open'), 'the queue to be full');
    const before = openDescriptors().length;
    assert.deepEqual(await check('127.0.0.1', port, SHORT_MS), { ok: false, detail: 'no answer within 0.3 s' });

    const results: unknown[] = [];
    const probe = { kind: 'tcp', host: '127.0.0.1', port } as const;
    const options = { timeoutMs: LONG_MS, runtime: RUNTIME };
    const cancel = startPolledProbe(probe, options, world.context, (result) => results.push(result));
    await waitFor(() => openDescriptors().length > before, 'the socket');
    cancel();
    await waitFor(() => openDescriptors().length <= before, 'the socket to be gone');
    assert.deepEqual(results, []);
  });
});
