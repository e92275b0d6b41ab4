import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import type { Route } from '../../src/http/route.ts';
import { tailRoutes } from '../../src/http/tail.ts';
import { OWN_FILES, startDaemon } from '../support/daemon.ts';
import { missing } from '../support/requirements.ts';
import { waitFor } from '../support/wait-for.ts';
import { connect, OK_ROUTE, type ParsedAnswer, parseAnswer, startServing } from './serving.ts';

const skip = missing('supervisor');

/** Stands for the XML-RPC handler, which refuses a body that is no call. */
const RPC_ROUTE: Route = {
  match: 'prefix',
  path: '/RPC2',
  methods: ['POST'],
  handle: async (request) => {
    await request.body();
    return { status: 200, headers: { 'Content-Type': 'text/xml' }, body: 'x' };
  },
};

const ROUTES: readonly Route[] = [RPC_ROUTE, ...tailRoutes({ findLog: () => null, mainLog: () => null }), OK_ROUTE];

const AUTH = 'Authorization: Basic dXNlcjpzZWNyZXQ=';

/** Of each raw request the whole answer has to be the same, but for what the rows below say. */
const SAME: readonly (readonly string[])[] = [
  ['GET /ok.html HTTP/1.1', AUTH, 'Connection: close'],
  ['GET /ok.html HTTP/1.0', AUTH],
  ['GET /ok.html?a=b HTTP/1.0', AUTH],
  ['GET /%6fk.html HTTP/1.0', AUTH],
  ['GET /ok.html HTTP/1.0'],
  ['GET /ok.html HTTP/1.0', 'Authorization: Basic dXNlcjp3cm9uZw=='],
  ['GET /ok.html HTTP/1.0', 'Authorization: Digest dXNlcjpzZWNyZXQ='],
  ['GET /ok.html HTTP/1.0', 'authorization: basic dXNlcjpzZWNyZXQ='],
  ['GET /nothing HTTP/1.1'],
  ['GET /RPC2 HTTP/1.0', AUTH],
  ['POST /RPC2 HTTP/1.0', AUTH],
  ['POST /ok.html HTTP/1.0', AUTH],
  ['POST /nothing HTTP/1.0', AUTH],
  ['PUT /nothing HTTP/1.0', AUTH],
  ['DELETE /ok.html HTTP/1.0', AUTH],
  ['GET /nothing HTTP/1.0', AUTH],
  ['GET /nothing HTTP/1.1', AUTH, 'Connection: close'],
  ['GET /%zz HTTP/1.0', AUTH],
  ['GET /%00 HTTP/1.0', AUTH],
  ['GET /../../etc/passwd HTTP/1.0', AUTH],
  ['GET /%2e%2e/%2e%2e/etc/passwd HTTP/1.0', AUTH],
  ['POST /logtail/x HTTP/1.0', AUTH],
  ['GET /logtail/nobody HTTP/1.0', AUTH],
  ['GET /logtail/nobody/stderr HTTP/1.0', AUTH],
  ['GET /logtail/a:b/stdout HTTP/1.0', AUTH],
  ['GET /logtail/..%2f..%2fetc%2fpasswd HTTP/1.0', AUTH],
  ['GET /logtail/%E4 HTTP/1.0', AUTH],
  ['GET /logtail/* HTTP/1.0', AUTH],
  ['PUT /mainlogtail HTTP/1.0', AUTH],
];

/** Where ours is another on purpose. */
const OTHERWISE: readonly {
  readonly lines: readonly string[];
  readonly theirs: number;
  readonly ours: number;
  readonly why: string;
}[] = [
  { lines: ['GET /ok.html HTTP/1.0', 'Authorization: Basic dXNlcg=='], theirs: 500, ours: 401, why: 'no colon' },
  { lines: ['GET /ok.html HTTP/1.0', 'Authorization:Basic dXNlcjpzZWNyZXQ='], theirs: 401, ours: 200, why: 'spacing' },
  { lines: ['GET /logtail HTTP/1.0', AUTH], theirs: 500, ours: 404, why: 'no name' },
  { lines: ['NONSENSE', AUTH], theirs: 0, ours: 400, why: 'no request at all' },
];

async function ask(t: TestContext, address: string, lines: readonly string[]): Promise<ParsedAnswer> {
  const client = await connect(t, address, `${lines.join('\r\n')}\r\n\r\n`);
  // Supervisor waits for more of a POST that it has refused.
  await waitFor(
    () => client.isClosed() || /Message: [^\r]*\r\n<\/body>\r\n$/.test(client.received()),
    `an answer to ${lines[0]}`,
    undefined,
    client.received,
  );
  return parseAnswer(client.received());
}

/** Without what differs from second to second, and without Connection, which Supervisor leaves out where it closes. */
function comparable({ status, reason, headers, body }: ParsedAnswer): unknown {
  const { date, connection: _connection, ...rest } = headers;
  return { status, reason, headers: { ...rest, date: date !== undefined }, body };
}

test('raw requests are answered as by Supervisor, byte for byte', { skip }, async (t) => {
  const theirs = startDaemon(t, {
    config: `${OWN_FILES}
[unix_http_server]
file=%DIR%/sock
username=user
password=secret
[rpcinterface:supervisor]
supervisor.rpcinterface_factory=supervisor.rpcinterface:make_main_rpcinterface
`,
    command: ['/usr/bin/supervisord', '-n'],
  });
  const path = join(theirs.dir, 'sock');
  await waitFor(() => existsSync(path), 'its socket', undefined, theirs.output);
  await theirs.waitForOutput(/started with pid/);
  const ours = await startServing(t, { username: 'user', password: 'secret', routes: ROUTES });
  assert.equal(typeof ours.address, 'string');
  const address = String(ours.address);

  for (const lines of SAME) {
    await t.test(lines.join(' | '), async (t) => {
      assert.deepEqual(comparable(await ask(t, address, lines)), comparable(await ask(t, path, lines)));
    });
  }
  for (const { lines, theirs, ours, why } of OTHERWISE) {
    await t.test(`${lines[0]}: ${theirs} there, ${ours} here (${why})`, async (t) => {
      assert.equal((await ask(t, path, lines)).status, theirs);
      assert.equal((await ask(t, address, lines)).status, ours);
    });
  }
});
