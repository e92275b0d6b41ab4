import assert from 'node:assert/strict';
import { createServer as createHttpServer } from 'node:http';
import { createServer as createHttpsServer } from 'node:https';
import { describe, it, type TestContext } from 'node:test';
import { createClock } from '../../src/os/clock.ts';
import { fetchPage, type UrlCheck } from '../../src/superlance/check-url.ts';
import { freePort } from '../support/free-port.ts';
import { CERTIFICATE, KEY, portOf, serveHttp } from './support.ts';

/** No test waits as long as this. */
const LONG_MS = 60_000;

function check(url: string, more: Partial<UrlCheck> = {}): UrlCheck {
  return {
    url: new URL(url),
    method: 'GET',
    headers: { 'User-Agent': 'httpok' },
    timeoutMs: LONG_MS,
    redirects: 0,
    retryIntervalMs: LONG_MS,
    tls: {},
    ...more,
  };
}

const fetch = (url: string, more: Partial<UrlCheck> = {}) => fetchPage(check(url, more), createClock());

/** A page that tells what it was asked; /to/URL redirects there. */
function echo(t: TestContext): Promise<string> {
  return serveHttp(t, (request, response) => {
    const target = /^\/to\/(.*)$/.exec(request.url ?? '')?.[1];
    if (target !== undefined) response.writeHead(302, { Location: decodeURIComponent(target) });
    response.end(`${request.method} ${request.url} ${request.headers['user-agent']} ${request.headers.authorization}`);
  });
}

describe('a page', () => {
  it('is asked for by path and query, and read as bytes', async (t) => {
    const base = await echo(t);
    const { status, reason, body } = await fetch(`${base}/a%20b?c=d#e`);
    assert.deepEqual([status, reason, body.toString()], [200, 'OK', 'GET /a%20b?c=d httpok undefined']);
    assert.equal((await fetch(base)).body.toString(), 'GET / httpok undefined');
  });

  it('is asked for by another method and with headers', async (t) => {
    const base = await echo(t);
    const { body } = await fetch(`${base}/x`, { method: 'POST', headers: { Authorization: 'Basic eDp5' } });
    assert.equal(body.toString(), 'POST /x undefined Basic eDp5');
  });

  it('is where redirects lead, as far as they are followed, and no password goes along to others', async (t) => {
    const [base, other] = [await echo(t), await echo(t)];
    const headers = { 'User-Agent': 'httpok', Authorization: 'Basic eDp5' };
    const twice = `${base}/to/${encodeURIComponent(`/to/${encodeURIComponent(`${other}/end`)}`)}`;
    assert.equal((await fetch(twice, { headers })).status, 302);
    assert.equal((await fetch(twice, { headers, redirects: 1 })).status, 302);
    assert.equal((await fetch(twice, { headers, redirects: 2 })).body.toString(), 'GET /end httpok undefined');
    assert.equal((await fetch(`${base}/to/${encodeURIComponent('ftp://x')}`, { redirects: 1 })).status, 302);
    assert.equal(
      (await fetch(`${base}/to/x`, { headers, redirects: 1 })).body.toString(),
      'GET /to/x httpok Basic eDp5',
    );
  });

  it('is read over https, with a certificate that is known or need not be', async (t) => {
    const server = createHttpsServer({ key: KEY, cert: CERTIFICATE }, (_, response) => void response.end('safe'));
    const url = `https://127.0.0.1:${await portOf(t, server)}/`;
    await assert.rejects(fetch(url), /self-signed certificate/);
    assert.equal((await fetch(url, { tls: { ca: CERTIFICATE } })).body.toString(), 'safe');
    assert.equal((await fetch(url, { tls: { rejectUnauthorized: false } })).body.toString(), 'safe');
  });

  it('that wants a certificate of the client gets it', async (t) => {
    const options = { key: KEY, cert: CERTIFICATE, ca: CERTIFICATE, requestCert: true, rejectUnauthorized: true };
    const server = createHttpsServer(options, (_, response) => void response.end('known'));
    const url = `https://127.0.0.1:${await portOf(t, server)}/`;
    await assert.rejects(fetch(url, { tls: { ca: CERTIFICATE } }));
    const { body } = await fetch(url, { tls: { ca: CERTIFICATE, cert: CERTIFICATE, key: KEY } });
    assert.equal(body.toString(), 'known');
  });

  // what the server does until time is over
  for (const [how, answer] of [
    ['nothing', () => undefined],
    ['a body without an end', (response: { write(text: string): unknown }) => response.write('begun')],
  ] as const) {
    it(`has to be there in time: ${how}`, async (t) => {
      const base = await serveHttp(t, (_, response) => void answer(response));
      await assert.rejects(fetch(base, { timeoutMs: 100 }), /^Error: timed out after 0.1 seconds$/);
    });
  }

  it('that breaks off is an error', async (t) => {
    const base = await serveHttp(t, (request, response) => {
      response.writeHead(200, { 'Content-Length': '100' }).write('begun', () => request.socket.destroy());
    });
    await assert.rejects(fetch(base), /aborted|socket hang up|ECONNRESET/);
  });
});

describe('a refused connection', () => {
  it('is tried again while time allows, until somebody listens', async (t) => {
    const port = await freePort();
    const server = createHttpServer((_, response) => void response.end('late'));
    t.after(() => server.close());
    const page = fetch(`http://127.0.0.1:${port}/`, { retryIntervalMs: 20 });
    server.listen(port, '127.0.0.1');
    assert.equal((await page).body.toString(), 'late');
  });

  // timeout, interval: in ten seconds there is no second try after ten
  for (const [timeoutMs, retryIntervalMs] of [
    [10_000, 10_000],
    [500, 1],
  ] as const) {
    it(`is an error at once when no second try fits: ${timeoutMs} ms by ${retryIntervalMs} ms`, async () => {
      const url = `http://127.0.0.1:${await freePort()}/`;
      await assert.rejects(fetch(url, { timeoutMs, retryIntervalMs }), { code: 'ECONNREFUSED' });
    });
  }

  it('is an error after the last try', async () => {
    const url = `http://127.0.0.1:${await freePort()}/`;
    await assert.rejects(fetch(url, { timeoutMs: 1100, retryIntervalMs: 50 }), { code: 'ECONNREFUSED' });
  });
});
