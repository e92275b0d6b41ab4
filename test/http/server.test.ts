import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { test } from 'node:test';
import { HttpError } from '../../src/http/error-page.ts';
import type { Route } from '../../src/http/route.ts';
import { waitFor } from '../support/wait-for.ts';
import { connect, ECHO_ROUTE, exchange, OK_ROUTE, parseAnswer, request, startServing } from './serving.ts';

const OK_REQUEST = 'GET /ok.html HTTP/1.1\r\nHost: localhost\r\n\r\n';
const LAST_OK_REQUEST = 'GET /ok.html HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n';

/** A route whose requests wait until they are let go. */
function gatedRoute(): { readonly route: Route; readonly waiting: (() => void)[] } {
  const waiting: (() => void)[] = [];
  const route: Route = {
    match: 'prefix',
    path: '/slow',
    methods: ['GET'],
    handle: async ({ path }) => {
      await new Promise<void>((resolve) => waiting.push(resolve));
      return { status: 200, headers: {}, body: `done ${path}` };
    },
  };
  return { route, waiting };
}

test('a connection is kept for the next request', async (t) => {
  const { address, servers } = await startServing(t);
  const client = await connect(t, address);
  for (let count = 1; count <= 3; count += 1) {
    client.socket.write(OK_REQUEST);
    await waitFor(
      () => client.received().split('OK\r\n').length - 1 === count && /OK$/.test(client.received()),
      'an OK',
    );
  }
  assert.equal(servers.connectionCount(), 1);
});

const KEPT: readonly (readonly [head: string, kept: boolean])[] = [
  ['GET /ok.html HTTP/1.1\r\nHost: a\r\n\r\n', true],
  ['GET /ok.html HTTP/1.1\r\n\r\n', true],
  ['GET /ok.html HTTP/1.1\r\nConnection: close\r\n\r\n', false],
  ['GET /ok.html HTTP/1.0\r\n\r\n', false],
  ['GET /ok.html HTTP/1.0\r\nConnection: keep-alive\r\n\r\n', true],
  ['GET /nothing HTTP/1.1\r\n\r\n', true],
];

for (const [head, kept] of KEPT) {
  test(`${JSON.stringify(head)} ${kept ? 'keeps' : 'ends'} the connection`, async (t) => {
    const { address } = await startServing(t);
    const client = await connect(t, address, head);
    if (!kept) {
      await client.waitForEnd();
      return;
    }
    await client.waitForText(/HTTP\/1\.1 \d+/);
    client.socket.write(LAST_OK_REQUEST);
    assert.equal((await client.waitForEnd()).split('HTTP/1.1').length, 3);
  });
}

test('a request that takes long keeps nobody else waiting', async (t) => {
  const { route, waiting } = gatedRoute();
  const { address } = await startServing(t, { routes: [route, OK_ROUTE] });
  const slow = await connect(t, address, 'GET /slow HTTP/1.0\r\n\r\n');
  await waitFor(() => waiting.length === 1, 'the slow request');
  assert.match(await exchange(t, address, LAST_OK_REQUEST), /OK$/);
  assert.equal(slow.received(), '');
  waiting[0]?.();
  assert.match(await slow.waitForEnd(), /done/);
});

test('pipelined requests are handled one after another and answered in order', async (t) => {
  const { route, waiting } = gatedRoute();
  const { address } = await startServing(t, { routes: [route, OK_ROUTE] });
  const get = (path: string) => `GET ${path} HTTP/1.1\r\n\r\n`;
  const client = await connect(t, address, get('/slow/1') + get('/slow/2') + get('/nothing') + LAST_OK_REQUEST);
  await waitFor(() => waiting.length === 1, 'the first request');
  waiting.shift()?.();
  await client.waitForText(/done \/slow\/1/);
  await waitFor(() => waiting.length === 1, 'the second request');
  waiting.shift()?.();
  assert.match(await client.waitForEnd(), /slow\/1.*slow\/2.*404.*OK$/s);
});

test('a client that sends many requests and waits for no answer is left', async (t) => {
  const { route, waiting } = gatedRoute();
  const { address } = await startServing(t, { routes: [route], limits: { pipelined: 4 } });
  const client = await connect(t, address, 'GET /slow HTTP/1.1\r\n\r\n'.repeat(20));
  await client.waitForEnd();
  assert.equal(waiting.length, 1);
});

const NONSENSE: readonly (readonly [what: string, text: string, status: number])[] = [
  ['no request line', 'NONSENSE\r\n\r\n', 400],
  ['bytes of TLS', '\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03', 400],
  ['an unknown version', 'GET /ok.html HTTP/9.9\r\n\r\n', 400],
  ['a space in the path', 'GET /ok .html HTTP/1.1\r\n\r\n', 400],
  ['a header without colon', 'GET /ok.html HTTP/1.1\r\nHost\r\n\r\n', 400],
  ['a NUL in a header', 'GET /ok.html HTTP/1.1\r\nHost: a\0b\r\n\r\n', 400],
  ['two lengths', 'POST /RPC2 HTTP/1.1\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\naa', 400],
  ['a length that is none', 'POST /RPC2 HTTP/1.1\r\nContent-Length: x\r\n\r\n', 400],
  ['a negative length', 'POST /RPC2 HTTP/1.1\r\nContent-Length: -1\r\n\r\n', 400],
  [
    'a length and chunks',
    'POST /RPC2 HTTP/1.1\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n',
    400,
  ],
  ['a huge header', `GET /ok.html HTTP/1.1\r\nX: ${'x'.repeat(20_000)}\r\n\r\n`, 431],
  ['a huge path', `GET /${'x'.repeat(20_000)} HTTP/1.1\r\n\r\n`, 431],
  ['a flood of headers', `GET /ok.html HTTP/1.1\r\n${'X: x\r\n'.repeat(10_000)}\r\n`, 431],
];

for (const [what, text, status] of NONSENSE) {
  test(`${what} is answered with ${status} and the connection ends`, async (t) => {
    const { address, lines } = await startServing(t);
    const answer = parseAnswer(await exchange(t, address, Buffer.from(text, 'latin1')));
    assert.equal(answer.status, status);
    assert.equal(answer.headers.connection, 'close');
    assert.match(answer.headers.date ?? '', /GMT$/);
    assert.equal((await request(t, address, 'GET /ok.html')).body, 'OK');
    assert.deepEqual(lines, []);
  });
}

test('a method that HTTP knows and nobody takes is a bad request', async (t) => {
  const { address } = await startServing(t);
  for (const method of ['PUT', 'DELETE', 'PATCH', 'OPTIONS', 'PROPFIND']) {
    assert.equal((await request(t, address, `${method} /ok.html`)).status, 400, method);
  }
});

test('what goes wrong in a handler is a 500 and a line in the log', async (t) => {
  const failing = (path: string, error: unknown): Route => ({
    match: 'exact',
    path,
    methods: ['GET'],
    handle: () => Promise.reject(error),
  });
  const routes = [failing('/bug', new TypeError('oops')), failing('/gone', new HttpError(404)), OK_ROUTE];
  const { address, lines } = await startServing(t, { routes });
  const answer = await request(t, address, 'GET /bug');
  assert.equal(answer.status, 500);
  assert.doesNotMatch(answer.body, /oops/);
  assert.equal((await request(t, address, 'GET /gone')).status, 404);
  assert.equal(lines.length, 1);
  assert.match(lines[0] ?? '', /^error localhost:0:Server Error: TypeError: oops\n/);
});

test('each request is a trace line where those are wanted', async (t) => {
  let wanted = false;
  const { address, lines } = await startServing(t, { tracesRequests: () => wanted });
  await request(t, address, 'GET /ok.html?secret');
  wanted = true;
  await request(t, address, 'GET /nothing?a=b');
  await waitFor(() => lines.length > 0, 'a line');
  const form =
    /^trace localhost:0 - - \[\d\d\/\w{3}\/\d{4}:\d\d:\d\d:\d\d \+0000\] "GET \/nothing\?a=b HTTP\/1\.1" 404 \d{3}$/;
  assert.equal(lines.length, 1);
  assert.match(lines[0] ?? '', form);
});

test('an end lets answers under way through, ends the rest, and takes the socket away', async (t) => {
  const { route, waiting } = gatedRoute();
  const { address, servers } = await startServing(t, { routes: [route, ECHO_ROUTE] });
  const idle = await connect(t, address);
  const busy = await connect(t, address, 'GET /slow HTTP/1.1\r\n\r\n');
  const stuck = await connect(t, address, 'GET /slow HTTP/1.1\r\n\r\n');
  await waitFor(() => waiting.length === 2, 'two requests');
  assert.deepEqual(servers.socketPaths, [address]);
  const closed = servers.close(300);
  await idle.waitForEnd();
  assert.equal(existsSync(String(address)), false);
  waiting[0]?.();
  assert.match(await busy.waitForEnd(), /done/);
  await closed;
  assert.equal(await stuck.waitForEnd(), '');
  assert.equal(servers.connectionCount(), 0);
});
