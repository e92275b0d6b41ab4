import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Route } from '../../src/http/route.ts';
import { waitFor } from '../support/wait-for.ts';
import { connect, ECHO_ROUTE, exchange, OK_ROUTE, parseAnswer, request, startServing } from './serving.ts';

const post = (length: number, rest = '') =>
  `POST /RPC2 HTTP/1.1\r\nHost: localhost\r\nContent-Length: ${length}\r\n${rest}\r\n`;

test('a head that comes drop by drop costs only its sender', async (t) => {
  const { address, servers } = await startServing(t, { limits: { headMs: 100 } });
  const slow = await connect(t, address, 'GET /ok.html HTTP/1.1\r\n');
  const drip = setInterval(() => slow.socket.write('X: y\r\n'), 10);
  t.after(() => clearInterval(drip));
  assert.equal((await request(t, address, 'GET /ok.html')).body, 'OK');
  await slow.waitForEnd();
  assert.equal(slow.received(), '');
  await waitFor(() => servers.connectionCount() === 0, 'nobody');
});

test('a body that comes drop by drop costs only its sender', async (t) => {
  const { address } = await startServing(t, { limits: { bodyMs: 100 } });
  const slow = await connect(t, address, post(1000));
  const drip = setInterval(() => slow.socket.write('x'), 10);
  t.after(() => clearInterval(drip));
  assert.equal((await request(t, address, 'POST /RPC2', { body: 'hello' })).body, 'hello');
  await slow.waitForEnd();
  assert.equal(slow.received(), '');
});

test('a client that takes nothing of its answer is left', async (t) => {
  const big: Route = {
    match: 'exact',
    path: '/big',
    methods: ['GET'],
    handle: async () => ({ status: 200, headers: {}, body: Buffer.alloc(8 << 20) }),
  };
  const { address, servers } = await startServing(t, { routes: [big, OK_ROUTE], limits: { stallMs: 100 } });
  const stuck = await connect(t, address);
  stuck.socket.pause();
  stuck.socket.write('GET /big HTTP/1.1\r\n\r\n');
  assert.equal((await request(t, address, 'GET /big')).body.length, 8 << 20);
  await waitFor(() => servers.connectionCount() === 0, 'the end of who takes nothing');
});

test('a connection that nobody uses ends', async (t) => {
  const { address } = await startServing(t, { limits: { idleMs: 50 } });
  const client = await connect(t, address, 'GET /ok.html HTTP/1.1\r\n\r\n');
  assert.match(await client.waitForEnd(), /OK$/);
});

const LONG: readonly (readonly [what: string, text: string | Buffer])[] = [
  ['a length beyond the limit', post(5000)],
  ['a length beyond all bounds', post(1e15)],
  ['a long body sent at once', Buffer.concat([Buffer.from(post(5 << 20)), Buffer.alloc(5 << 20)])],
  [
    'too many chunks',
    `POST /RPC2 HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n${`3e8\r\n${'x'.repeat(1000)}\r\n`.repeat(5)}0\r\n\r\n`,
  ],
];

for (const [what, text] of LONG) {
  test(`${what} is 413, which the sender can read`, async (t) => {
    const { address, servers } = await startServing(t, { limits: { bodyBytes: 4000, lingerMs: 100 } });
    const answer = parseAnswer(await exchange(t, address, text));
    assert.equal(answer.status, 413);
    assert.match(answer.body, /Request Entity Too Large/);
    await waitFor(() => servers.connectionCount() === 0, 'nobody');
  });
}

test('who sends a body that is too long gets rid of it', async (t) => {
  const { address } = await startServing(t, { tcp: true, limits: { bodyBytes: 4000 } });
  const client = await connect(t, address);
  // Like most, it does not look for an answer before it has sent all.
  client.socket.pause();
  await new Promise<void>((resolve, reject) => {
    client.socket.write(Buffer.concat([Buffer.from(post(20 << 20)), Buffer.alloc(20 << 20)]), (error) =>
      error == null ? resolve() : reject(error),
    );
  });
  client.socket.resume();
  await client.waitForText(/413 Request Entity Too Large/);
});

test('a body of chunks within the limit is taken', async (t) => {
  const { address } = await startServing(t);
  const text =
    'POST /RPC2 HTTP/1.1\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n2\r\nab\r\n1\r\nc\r\n0\r\n\r\n';
  assert.equal(parseAnswer(await exchange(t, address, text)).body.replace(/\s/g, ''), 'abc');
});

test('bodies that are read at the same time share their room', async (t) => {
  const { address } = await startServing(t, { limits: { bodyBytes: 1000, allBodiesBytes: 1500 } });
  const first = await connect(t, address, post(1000) + 'x'.repeat(900));
  const second = await connect(t, address, post(1000, 'Connection: close\r\n'));
  // The first one's part has arrived, as the second is refused for it.
  let sent = 0;
  await waitFor(() => {
    if (!second.isClosed() && sent < 999) sent += Number(second.socket.write('x'.repeat(37)) || 1) * 37;
    return second.received() !== '';
  }, 'a refusal');
  assert.equal(parseAnswer(second.received()).status, 503);
  first.socket.write('x'.repeat(100));
  await first.waitForText(/200 OK/);
  assert.equal((await request(t, address, 'POST /RPC2', { body: 'x'.repeat(1000) })).status, 200);
});

test('a client that goes in the middle of its body leaves nothing behind', async (t) => {
  const { address, servers, lines } = await startServing(t, { limits: { allBodiesBytes: 1000 } });
  for (let count = 0; count < 5; count += 1) {
    const client = await connect(t, address, post(1000) + 'x'.repeat(700));
    await waitFor(() => servers.connectionCount() === 1, 'the client');
    client.socket.destroy();
    await waitFor(() => servers.connectionCount() === 0, 'its end');
  }
  assert.equal((await request(t, address, 'POST /RPC2', { body: 'x'.repeat(1000) })).status, 200);
  assert.deepEqual(lines, []);
});

test('a thousand idle connections keep nobody out, and the oldest make room', async (t) => {
  const { address, servers } = await startServing(t, { limits: { connections: 100 } });
  const clients = await Promise.all(Array.from({ length: 1000 }, () => connect(t, address)));
  assert.equal((await request(t, address, 'GET /ok.html')).body, 'OK');
  assert.ok(servers.connectionCount() <= 100);
  await waitFor(() => clients.filter((client) => client.isClosed()).length >= 900, 'the end of the oldest');
});

test('with all connections busy one more is refused until one is free', async (t) => {
  const waiting: (() => void)[] = [];
  const slow: Route = {
    match: 'exact',
    path: '/slow',
    methods: ['GET'],
    handle: async () => {
      await new Promise<void>((resolve) => waiting.push(resolve));
      return { status: 200, headers: {}, body: '' };
    },
  };
  const { address } = await startServing(t, { routes: [slow, OK_ROUTE], limits: { connections: 2 } });
  const busy = [await connect(t, address, 'GET /slow HTTP/1.1\r\n\r\n')];
  busy.push(await connect(t, address, 'GET /slow HTTP/1.1\r\n\r\n'));
  await waitFor(() => waiting.length === 2, 'two busy clients');
  assert.equal(await exchange(t, address, 'GET /ok.html HTTP/1.0\r\n\r\n'), '');
  waiting[0]?.();
  await busy[0]?.waitForText(/200 OK/);
  assert.match(await exchange(t, address, 'GET /ok.html HTTP/1.0\r\n\r\n'), /OK$/);
});

test('the limits of one server are not those of another', async (t) => {
  const routes = [OK_ROUTE, ECHO_ROUTE];
  const open = await startServing(t, { routes, limits: { connections: 1 } });
  const other = await startServing(t, { routes, limits: { connections: 1 } });
  const kept = await connect(t, other.address, 'GET /ok.html HTTP/1.1\r\n\r\n');
  await kept.waitForText(/OK$/);
  for (let count = 0; count < 10; count += 1) await connect(t, open.address);
  assert.equal((await request(t, open.address, 'GET /ok.html')).body, 'OK');
  assert.equal(kept.isClosed(), false);
});
