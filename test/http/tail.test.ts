import assert from 'node:assert/strict';
import { appendFileSync, readdirSync, renameSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { decodePercent } from '../../src/http/request.ts';
import { type LogSource, type MemoryLog, tailRoutes } from '../../src/http/tail.ts';
import { temporaryDirectory } from '../support/daemon.ts';
import { waitFor } from '../support/wait-for.ts';
import { connect, OK_ROUTE, parseAnswer, request, type ServingOptions, startServing } from './serving.ts';

/** The body of a chunked answer, as far as it has come. */
function dechunk(text: string): string {
  let rest = text.slice(text.indexOf('\r\n\r\n') + 4);
  let body = '';
  for (;;) {
    const match = /^([0-9a-f]+)\r\n/.exec(rest);
    if (match === null) return body;
    const length = Number.parseInt(match[1] ?? '', 16);
    body += rest.slice(match[0].length, match[0].length + length);
    rest = rest.slice(match[0].length + length + 2);
  }
}

async function startTail(t: TestContext, sources: Readonly<Record<string, LogSource>>, options: ServingOptions = {}) {
  const asked: string[] = [];
  const routes = tailRoutes({
    findLog(group, process, channel) {
      asked.push(`${group} ${process} ${channel}`);
      return sources[`${group}:${process}/${channel}`] ?? null;
    },
    mainLog: () => sources.main ?? null,
  });
  const serving = await startServing(t, { routes: [...routes, OK_ROUTE], ...options });
  return { ...serving, asked };
}

const get = (path: string) => `GET ${path} HTTP/1.1\r\nHost: localhost\r\n\r\n`;
const file = (path: string): LogSource => ({ kind: 'file', path });

test('a log is sent from 1024 bytes before its end and then as it grows', async (t) => {
  const path = join(temporaryDirectory(t), 'log');
  writeFileSync(path, `${'x'.repeat(2000)}\n`);
  const { address } = await startTail(t, { 'web:api/stdout': file(path) });
  const client = await connect(t, address, get('/logtail/web:api'));
  const body = () => dechunk(client.received());
  await waitFor(() => body() === `${'x'.repeat(1023)}\n`, 'the end', undefined, body);
  const { status, headers } = parseAnswer(client.received());
  assert.equal(status, 200);
  assert.equal(headers['content-type'], 'text/plain;charset=utf-8');
  assert.equal(headers['transfer-encoding'], 'chunked');
  assert.equal(headers['x-accel-buffering'], 'no');
  assert.match(headers['last-modified'] ?? '', /GMT$/);
  appendFileSync(path, 'more\n');
  await waitFor(() => body().endsWith('more\n'), 'more');
  truncateSync(path, 0);
  await waitFor(() => body().endsWith('==> File truncated <==\n'), 'the truncation');
  renameSync(path, `${path}.1`);
  writeFileSync(path, 'rotated\n');
  await waitFor(() => body().endsWith('rotated\n'), 'the new file');
});

test('an HTTP/1.0 reader gets each line at once, and a quiet log its header', async (t) => {
  const path = join(temporaryDirectory(t), 'log');
  writeFileSync(path, '');
  const { address } = await startTail(t, { main: file(path) });
  const client = await connect(t, address, 'GET /mainlogtail HTTP/1.0\r\n\r\n');
  await client.waitForText(/200 OK.*\r\n\r\n$/s);
  appendFileSync(path, 'line\n');
  await client.waitForText(/\r\n\r\nline\n$/);
});

const PATHS: readonly (readonly [path: string, asked: string | null])[] = [
  ['/logtail/a', 'a a stdout'],
  ['/logtail/a/stdout', 'a a stdout'],
  ['/logtail/a/stderr', 'a a stderr'],
  ['/logtail/a:b/stderr', 'a b stderr'],
  ['/logtail/a%3Ab/stderr', 'a b stderr'],
  ['/logtail/a%3ab%2Fstderr', 'a b stderr'],
  ['/logtail/%61', 'a a stdout'],
  ['/logtail/%2561', '%61 %61 stdout'],
  ['/logtail/%zz', '%zz %zz stdout'],
  ['/logtail/%C3%A4', 'ä ä stdout'],
  ['/logtail/%C3', '\ufffd \ufffd stdout'],
  ['/logtail/a%00b', 'a\0b a\0b stdout'],
  ['/logtail/a b'.replace(' ', '%20'), 'a b a b stdout'],
  ['/logtail/a?b=c', 'a a stdout'],
  ['/logtail/a/stdin', null],
  ['/logtail/a/stdout/x', null],
  ['/logtail/a:*', null],
  ['/logtail/a:', null],
  ['/logtail/', null],
  ['/logtail', null],
  ['/logtail/..', '.. .. stdout'],
  ['/logtail/../../etc/passwd', null],
  ['/logtail/..%2F..%2Fetc%2Fpasswd', null],
  ['/logtail//etc/passwd', null],
];

for (const [path, wanted] of PATHS) {
  test(`${path} asks for ${wanted === null ? 'nothing' : JSON.stringify(wanted)} and finds nothing`, async (t) => {
    const { address, asked } = await startTail(t, {});
    assert.equal((await request(t, address, `GET ${path}`)).status, 404);
    assert.deepEqual(asked, wanted === null ? [] : [wanted]);
  });
}

test('only one layer of escapes is taken off', () => {
  assert.equal(decodePercent('%2525'), '%25');
  assert.equal(decodePercent('%e2%82%ac+%'), '€+%');
});

test('a log that is not there, or is no file, is not found', async (t) => {
  const dir = temporaryDirectory(t);
  const { address } = await startTail(t, { 'a:a/stdout': file(join(dir, 'none')), 'b:b/stdout': file(dir) });
  assert.equal((await request(t, address, 'GET /logtail/a')).status, 404);
  assert.equal((await request(t, address, 'GET /logtail/b')).status, 404);
  assert.equal((await request(t, address, 'POST /logtail/a')).status, 400);
});

test('readers that go leave nothing open', async (t) => {
  const dir = temporaryDirectory(t);
  const path = join(dir, 'log');
  writeFileSync(path, 'hello\n');
  const { address, servers } = await startTail(t, { main: file(path) });
  const before = readdirSync('/proc/self/fd').length;
  const clients = await Promise.all(Array.from({ length: 30 }, () => connect(t, address, get('/mainlogtail'))));
  for (const client of clients) await client.waitForText(/hello/);
  assert.equal(servers.connectionCount(), 30);
  for (const client of clients) client.socket.destroy();
  await waitFor(() => servers.connectionCount() === 0, 'nobody');
  await waitFor(() => readdirSync('/proc/self/fd').length <= before, 'closed files');
});

test('streams leave connections for others, and one too many is 503', async (t) => {
  const dir = temporaryDirectory(t);
  const path = join(dir, 'log');
  writeFileSync(path, 'hello\n');
  const { address } = await startTail(t, { main: file(path) }, { limits: { connections: 4, streams: 2 } });
  const streams = await Promise.all([1, 2].map(() => connect(t, address, get('/mainlogtail'))));
  for (const client of streams) await client.waitForText(/hello/);
  assert.equal((await request(t, address, 'GET /mainlogtail')).status, 503);
  assert.equal((await request(t, address, 'GET /ok.html')).status, 200);
  streams[0]?.socket.destroy();
  await waitFor(async () => {
    const client = await connect(t, address, get('/mainlogtail'));
    return (await client.waitForText(/HTTP\/1\.1 (\d+)/))[1] === '200';
  }, 'a free stream');
});

/** A log in memory that a test writes. */
function memoryLog() {
  const listeners = new Set<(data: Buffer) => void>();
  const log: MemoryLog = {
    tail: () => Buffer.from('remembered\n'),
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
  const write = (data: string | Buffer) => {
    for (const listener of listeners) listener(Buffer.from(data));
  };
  return { source: { kind: 'memory', log } as const, write, listeners };
}

test('a log in memory is followed for as long as its reader stays', async (t) => {
  const { source, write, listeners } = memoryLog();
  const { address } = await startTail(t, { 'a:a/stderr': source });
  const client = await connect(t, address, get('/logtail/a/stderr'));
  await waitFor(() => dechunk(client.received()) === 'remembered\n', 'the past');
  write('one\n');
  write('two\n');
  await waitFor(() => dechunk(client.received()) === 'remembered\none\ntwo\n', 'the present');
  client.socket.destroy();
  await waitFor(() => listeners.size === 0, 'its end');
});

test('a reader of memory who is too slow misses some and is told', async (t) => {
  const { source, write, listeners } = memoryLog();
  const { address } = await startTail(t, { main: source });
  const client = await connect(t, address, get('/mainlogtail'));
  await waitFor(() => listeners.size === 1, 'a reader');
  client.socket.pause();
  for (let count = 0; count < 200; count += 1) {
    write(Buffer.alloc(64 << 10, 'x'));
    await new Promise((resolve) => setImmediate(resolve));
  }
  client.socket.resume();
  await client.waitForText(/==> \d+ bytes were too fast for this reader <==/);
  write('end\n');
  await client.waitForText(/end\n/);
  assert.ok(client.received().length < 100 * (64 << 10));
});

test('a stream makes no more than its reader takes', async (t) => {
  let made = 0;
  let ended = false;
  async function* endless(): AsyncGenerator<Buffer> {
    try {
      for (;;) {
        made += 64 << 10;
        yield Buffer.alloc(64 << 10);
        await new Promise((resolve) => setImmediate(resolve));
      }
    } finally {
      ended = true;
    }
  }
  const { address } = await startServing(t, {
    routes: [
      {
        match: 'exact',
        path: '/endless',
        methods: ['GET'],
        handle: async () => ({ status: 200, headers: {}, stream: endless() }),
      },
      OK_ROUTE,
    ],
  });
  const client = await connect(t, address);
  client.socket.pause();
  client.socket.write('GET /endless HTTP/1.1\r\n\r\n');
  let last = -1;
  await waitFor(async () => {
    if (made > 0 && made === last) return true;
    last = made;
    await request(t, address, 'GET /ok.html');
    return false;
  }, 'a stream that rests');
  assert.ok(made < 4 << 20, `${made} bytes`);
  client.socket.destroy();
  await waitFor(() => ended, 'its end');
});
