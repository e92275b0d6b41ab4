import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { type Endpoint, hostHeader, parseServerUrl } from '../../src/client/server-url.ts';

const URLS: readonly (readonly [url: string, endpoint: Endpoint | null, host: string])[] = [
  ['unix:///run/sock', { kind: 'unix', path: '/run/sock' }, 'localhost'],
  ['http://localhost:9001', { kind: 'tcp', host: 'localhost', port: 9001 }, 'localhost:9001'],
  ['http://localhost', { kind: 'tcp', host: 'localhost', port: 80 }, 'localhost'],
  ['http://EXAMPLE.org:9001/path?x', { kind: 'tcp', host: 'example.org', port: 9001 }, 'example.org:9001'],
  ['http://user:pw@host:1', { kind: 'tcp', host: 'host', port: 1 }, 'host:1'],
  ['http://[::1]:9001', { kind: 'tcp', host: '::1', port: 9001 }, '[::1]:9001'],
  ['https://localhost', null, ''],
  ['localhost:9001', null, ''],
  ['', null, ''],
];

describe('a server URL', () => {
  for (const [url, endpoint, host] of URLS) {
    it(`${url || '(empty)'} means ${endpoint === null ? 'nothing' : host}`, () => {
      assert.deepEqual(parseServerUrl(url), endpoint);
      if (endpoint !== null) assert.equal(hostHeader(endpoint), host);
    });
  }
});
