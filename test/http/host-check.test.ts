import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isAllowedHost } from '../../src/http/host-check.ts';
import { request, startServing } from './serving.ts';

const NAMES = new Set(['configured.example.org', 'own-host.lan']);

const ROWS: readonly (readonly [header: string | undefined, allowed: boolean])[] = [
  [undefined, true],
  ['127.0.0.1', true],
  ['10.1.2.3:9001', true],
  ['[::1]', true],
  ['[fe80::1]:9001', true],
  ['localhost', true],
  ['LOCALHOST:9001', true],
  ['localhost.', true],
  ['web:9001', true],
  ['configured.example.org:9001', true],
  ['Configured.Example.Org.', true],
  ['own-host.lan', true],
  ['evil.example', false],
  ['evil.example:9001', false],
  ['127.0.0.1.evil.example', false],
  ['localhost.evil.example', false],
  ['127.0.0.1@evil.example', false],
  ['evil.example/127.0.0.1', false],
  ['[::1].evil.example', false],
  ['[evil.example]', false],
  ['', false],
  [':9001', false],
];

for (const [header, allowed] of ROWS) {
  test(`a Host header of ${JSON.stringify(header)} is ${allowed ? 'taken' : 'refused'}`, () => {
    assert.equal(isAllowedHost(header, NAMES), allowed);
  });
}

test('a TCP server refuses a name that is not its own before it asks for a password', async (t) => {
  const { address } = await startServing(t, { tcp: true, username: 'u', password: 'p' });
  const raw = await request(t, address, 'GET /ok.html', { headers: ['Authorization: Basic dTpw'] });
  assert.equal(raw.status, 200);
  const url = await request(t, address, 'GET http://evil.example/ok.html', { headers: ['Authorization: Basic dTpw'] });
  assert.equal(url.status, 421);
  assert.match(url.body, /Use its IP address/);
  const ours = await request(t, address, 'GET http://127.0.0.1/ok.html', { headers: ['Authorization: Basic dTpw'] });
  assert.equal(ours.status, 200);
});

test('a unix socket does not mind the name', async (t) => {
  const { address } = await startServing(t);
  assert.equal((await request(t, address, 'GET http://evil.example/ok.html')).status, 200);
});

test('more names can be allowed', async (t) => {
  const { address } = await startServing(t, { tcp: true, hostNames: ['Panel.example.org'] });
  assert.equal((await request(t, address, 'GET http://panel.example.org/ok.html')).status, 200);
});
