import assert from 'node:assert/strict';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer as createHttpServer, type RequestListener } from 'node:http';
import { createServer as createHttpsServer } from 'node:https';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { join } from 'node:path';
import { after, describe, it, type TestContext } from 'node:test';
import { startPolledProbe } from '../../src/probes/polled.ts';
import { ROOT } from '../support/daemon.ts';
import { freePort } from '../support/free-port.ts';
import { waitFor } from '../support/wait-for.ts';
import { createProbeWorld, LONG_MS, openDescriptors, RUNTIME, SHORT_MS } from './probe-world.ts';

const world = createProbeWorld();
after(() => world.close());

const TLS = join(ROOT, 'test', 'fixtures', 'tls');

async function listen(t: TestContext, server: Server, host = '127.0.0.1'): Promise<number> {
  const sockets = new Set<Socket>();
  server.on('connection', (socket) => sockets.add(socket));
  server.listen(0, host);
  await once(server, 'listening');
  t.after(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  return (server.address() as AddressInfo).port;
}

const serve = (t: TestContext, handle: RequestListener): Promise<number> => listen(t, createHttpServer(handle));

/** A server that takes a connection and does with it what it is told to. */
const serveRaw = (t: TestContext, handle: (socket: Socket) => void): Promise<number> =>
  listen(
    t,
    createServer((socket) => {
      socket.on('error', () => undefined);
      handle(socket);
    }),
  );

const check = (url: string, timeoutMs?: number) =>
  world.check({ kind: 'http', url }, timeoutMs === undefined ? {} : { timeoutMs });

/** Sockets of this process; servers and clients alike. */
const sockets = () => openDescriptors().filter((name) => name.includes('socket:')).length;

describe('a check by HTTP', () => {
  const STATUSES: readonly (readonly [status: number, ok: boolean])[] = [
    [200, true],
    [204, true],
    [299, true],
    [302, true],
    [399, true],
    [400, false],
    [404, false],
    [500, false],
    [503, false],
    [999, false],
  ];
  it('takes 2xx and 3xx for well, and nothing else', async (t) => {
    const port = await serve(t, ({ url }, response) => {
      response.writeHead(Number(url?.slice(1)), { Location: '/500' }).end();
    });
    for (const [status, ok] of STATUSES) {
      assert.deepEqual(await check(`http://127.0.0.1:${port}/${status}`), { ok, detail: `HTTP ${status}` });
    }
  });

  it('sends a plain request on a connection of its own', async (t) => {
    let head = '';
    const port = await serveRaw(t, (socket) => {
      socket.on('data', (data) => {
        head += data;
        socket.end('HTTP/1.1 200 OK\r\n\r\n');
      });
    });
    await check(`http://user:p%40ss@127.0.0.1:${port}/a%20b?c=d#e`);
    const [request, ...headers] = head.trimEnd().split('\r\n');
    assert.equal(request, 'GET /a%20b?c=d HTTP/1.1');
    assert.deepEqual(headers.sort(), [
      'Accept: */*',
      `Authorization: Basic ${Buffer.from('user:p@ss').toString('base64')}`,
      'Connection: close',
      `Host: 127.0.0.1:${port}`,
      'User-Agent: initvisor/test',
    ]);
  });

  it('asks by name, and by IPv6', async (t) => {
    const port = await listen(
      t,
      createHttpServer((_, response) => response.end()),
      '::',
    );
    for (const host of ['localhost', '[::1]', '127.0.0.1']) {
      assert.deepEqual(await check(`http://${host}:${port}/`), { ok: true, detail: 'HTTP 200' });
    }
  });

  it('accepts any certificate, and tells what is no TLS', async (t) => {
    const tls = { cert: readFileSync(join(TLS, 'localhost.crt')), key: readFileSync(join(TLS, 'localhost.key')) };
    const port = await listen(
      t,
      createHttpsServer(tls, ({ url }, response) => response.writeHead(Number(url?.slice(1))).end('x')),
    );
    assert.deepEqual(await check(`https://127.0.0.1:${port}/200`), { ok: true, detail: 'HTTP 200' });
    assert.deepEqual(await check(`https://localhost:${port}/503`), { ok: false, detail: 'HTTP 503' });
    const plain = await serve(t, (_, response) => response.end());
    assert.deepEqual(await check(`https://127.0.0.1:${plain}/`), { ok: false, detail: 'no TLS (EPROTO)' });
    const { ok, detail } = await check(`http://127.0.0.1:${port}/`);
    assert.equal(ok, false);
    assert.match(detail, /^(HTTP 400|connection closed without an answer \(ECONNRESET\))$/);
  });

  it('reads a body to its end, and of a huge one only the beginning', async (t) => {
    let sent = 0;
    const port = await serve(t, ({ url }, response) => {
      if (url === '/small') {
        response.end('x'.repeat(1000));
        return;
      }
      const more = (): void => {
        do sent += 65_536;
        while (!response.destroyed && response.write('x'.repeat(65_536)));
      };
      response.on('drain', more);
      more();
    });
    assert.deepEqual(await check(`http://127.0.0.1:${port}/small`), { ok: true, detail: 'HTTP 200' });
    assert.deepEqual(await check(`http://127.0.0.1:${port}/endless`), { ok: true, detail: 'HTTP 200' });
    assert.ok(sent > 65_536);
  });

  const BROKEN: readonly (readonly [what: string, reply: string, detail: string])[] = [
    ['closes at once', '', 'connection closed without an answer (ECONNRESET)'],
    ['talks something else', 'SSH-2.0-OpenSSH_9.2\r\n', 'not HTTP (HPE_INVALID_CONSTANT)'],
    ['breaks off in its headers', 'HTTP/1.1 200 OK\r\nA: b', 'connection closed without an answer (ECONNRESET)'],
    ['has endless headers', `HTTP/1.1 200 OK\r\nA: ${'b'.repeat(100_000)}`, 'headers too large (HPE_HEADER_OVERFLOW)'],
    [
      'breaks off in its body',
      'HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nx',
      'HTTP 200, but its body did not come to an end',
    ],
    ['has failed and breaks off', 'HTTP/1.1 500 No\r\nContent-Length: 10\r\n\r\nx', 'HTTP 500'],
    ['goes over to another protocol', 'HTTP/1.1 101 Go\r\nUpgrade: x\r\nConnection: Upgrade\r\n\r\n', 'HTTP 101'],
  ];
  for (const [what, reply, detail] of BROKEN) {
    it(`fails where the server ${what}`, async (t) => {
      const port = await serveRaw(t, (socket) => socket.once('data', () => socket.end(reply)));
      assert.deepEqual(await check(`http://127.0.0.1:${port}/`), { ok: false, detail });
    });
  }

  it('is over in time, whatever the server holds back', async (t) => {
    const late = `no answer within ${SHORT_MS / 1000} s`;
    const rows: readonly (readonly [reply: string, detail: string])[] = [
      ['', late],
      ['HTTP/1.1 200 OK\r\nA:', late],
      ['HTTP/1.1 100 Continue\r\n\r\n', late],
      ['HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nx', `${late}: HTTP 200, but its body did not come to an end`],
      ['HTTP/1.1 503 No\r\nContent-Length: 10\r\n\r\nx', `${late}: HTTP 503`],
    ];
    for (const [reply, detail] of rows) {
      const port = await serveRaw(t, (socket) => void socket.write(reply));
      assert.deepEqual(await check(`http://127.0.0.1:${port}/`, SHORT_MS), { ok: false, detail });
    }
    // Nobody accepts, though the kernel does.
    const port = await serveRaw(t, () => undefined);
    assert.deepEqual(await check(`https://127.0.0.1:${port}/`, SHORT_MS), { ok: false, detail: late });
  });

  it('tells why there is no connection', async () => {
    const port = await freePort();
    const refused = { ok: false, detail: 'connection refused (ECONNREFUSED)' };
    for (const host of ['127.0.0.1', 'localhost', '[::1]']) {
      assert.deepEqual(await check(`http://${host}:${port}/`), refused);
      assert.deepEqual(await check(`https://${host}:${port}/`), refused);
    }
    const { ok, detail } = await check('http://nowhere.invalid/');
    assert.equal(ok, false);
    assert.match(detail, /^(unknown host \(ENOTFOUND\)|the host cannot be looked up now \(EAI_AGAIN\))$/);
    assert.equal((await check('http://user:%zz@127.0.0.1/')).detail, 'URI malformed');
  });

  it('leaves no socket behind, and cancelled it says nothing', async (t) => {
    const accepted: Socket[] = [];
    const port = await serveRaw(t, (socket) => void accepted.push(socket));
    const before = sockets();
    const results: unknown[] = [];
    const probe = { kind: 'http', url: `http://127.0.0.1:${port}/` } as const;
    const options = { timeoutMs: LONG_MS, runtime: RUNTIME };
    const early = startPolledProbe(probe, options, world.context, (result) => results.push(result));
    early();
    const cancel = startPolledProbe(probe, options, world.context, (result) => results.push(result));
    await waitFor(() => accepted.length > 0, 'the connection');
    cancel();
    cancel();
    await check(`http://127.0.0.1:${port}/`, SHORT_MS);
    for (const socket of accepted) socket.destroy();
    await waitFor(() => sockets() <= before, 'all sockets to be gone');
    assert.deepEqual(results, []);
  });
});
