import assert from 'node:assert/strict';
import crypto from 'node:crypto';
import { syncBuiltinESMExports } from 'node:module';
import { test } from 'node:test';
import { createAuthorizer } from '../../src/http/auth.ts';
import { request, startServing } from './serving.ts';

const basic = (text: string) => `Basic ${Buffer.from(text).toString('base64')}`;
const SHA_OF_SECRET = `{SHA}${crypto.createHash('sha1').update('secret').digest('hex')}`;

const ROWS: readonly (readonly [password: string, header: string | undefined, allowed: boolean])[] = [
  ['secret', basic('user:secret'), true],
  ['secret', basic('user:secret').replace('Basic', 'bASIC'), true],
  ['secret', basic('user:secret').replace(' ', '   '), true],
  ['secret', `  ${basic('user:secret')} `, true],
  ['se:cr:et', basic('user:se:cr:et'), true],
  ['pässwörd', basic('user:pässwörd'), true],
  ['', basic('user:'), true],
  [SHA_OF_SECRET, basic('user:secret'), true],
  [SHA_OF_SECRET, basic('user:Secret'), false],
  [SHA_OF_SECRET, basic(`user:${SHA_OF_SECRET}`), false],
  [SHA_OF_SECRET.toUpperCase(), basic('user:secret'), false],
  ['secret', undefined, false],
  ['secret', '', false],
  ['secret', 'Basic', false],
  ['secret', 'Basic ', false],
  ['secret', basic('user'), false],
  ['secret', basic('usersecret'), false],
  ['secret', basic('user:'), false],
  ['secret', basic(':secret'), false],
  ['secret', basic('User:secret'), false],
  ['secret', basic('user:secret2'), false],
  ['secret', basic('user:secre'), false],
  ['secret', 'Basic !!!', false],
  ['secret', 'Basic dXNlcjpzZWNyZXQ', true],
  ['secret', 'Digest username="user"', false],
  ['secret', 'Bearer dXNlcjpzZWNyZXQ=', false],
];

for (const [password, header, allowed] of ROWS) {
  test(`with password ${password} the header ${JSON.stringify(header)} is ${allowed ? 'right' : 'wrong'}`, () => {
    assert.equal(createAuthorizer({ username: 'user', password })(header), allowed);
  });
}

test('name and password are both compared in constant time, also when the name is wrong already', (t) => {
  const compared = t.mock.method(crypto, 'timingSafeEqual');
  syncBuiltinESMExports();
  t.after(() => {
    compared.mock.restore();
    syncBuiltinESMExports();
  });
  const isAuthorized = createAuthorizer({ username: 'user', password: 'secret' });
  assert.equal(isAuthorized(basic('nobody:x')), false);
  assert.equal(compared.mock.callCount(), 2);
});

test('every path asks for the password, those that nobody serves included', async (t) => {
  const { address, lines } = await startServing(t, { username: 'user', password: 'secret' });
  for (const line of ['GET /ok.html', 'POST /RPC2', 'GET /nothing', 'DELETE /', 'OPTIONS *', 'GET /%zz']) {
    const answer = await request(t, address, line);
    assert.equal(answer.status, 401, line);
    assert.equal(answer.headers['www-authenticate'], 'Basic realm="default"');
    assert.equal(answer.headers.connection, 'close');
    const admitted = await request(t, address, line, { headers: [`authorization:${basic('user:secret')}`] });
    assert.notEqual(admitted.status, 401, line);
  }
  assert.deepEqual(lines, []);
});
