import assert from 'node:assert/strict';
import { createServer, type Server } from 'node:http';
import { createServer as createTcpServer } from 'node:net';
import { join } from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import { createCall } from '../../src/client/call.ts';
import { ConnectionClosed, HttpStatusError, MalformedReply } from '../../src/client/errors.ts';
import { createNetTransport, followStream } from '../../src/client/net-transport.ts';
import { supervisorApi } from '../../src/client/supervisor-api.ts';
import { temporaryDirectory } from '../support/daemon.ts';

const CREDENTIALS = { username: 'üser', password: 'p:w' };

interface Listening {
  close(): unknown;
  listen(path: string): unknown;
  once(event: 'listening', listener: () => void): unknown;
}

async function listen(t: TestContext, server: Listening) {
  const path = join(temporaryDirectory(t), 'sock');
  server.listen(path);
  await new Promise<void>((resolve) => server.once('listening', resolve));
  t.after(() => {
    server.close();
    if (server instanceof Object && 'closeAllConnections' in server) (server as Server).closeAllConnections();
  });
  return { kind: 'unix', path } as const;
}

const text = (value: string): string =>
  `<methodResponse><params><param><value>${value}</value></param></params></methodResponse>`;

describe('a connection of Node', () => {
  it('carries several calls, with name and password', async (t) => {
    const seen: string[] = [];
    let connections = 0;
    const server = createServer((request, response) => {
      seen.push(`${request.method} ${request.url} ${request.headers.authorization}`);
      request.resume().on('end', () => response.end(text('3.0')));
    }).on('connection', () => connections++);
    const endpoint = await listen(t, server);
    const transport = createNetTransport(endpoint, CREDENTIALS);
    const api = supervisorApi(createCall(transport));
    assert.deepEqual([await api.getVersion(), await api.getAPIVersion()], ['3.0', '3.0']);
    await assert.rejects(api.getPID(), MalformedReply);
    transport.close();
    const encoded = Buffer.from('üser:p:w').toString('base64');
    assert.deepEqual(seen, Array(3).fill(`POST /RPC2 Basic ${encoded}`));
    assert.equal(connections, 1);
  });

  it('tells a refusal from a server that hangs up', async (t) => {
    const refusing = await listen(
      t,
      createServer((_request, response) => response.writeHead(401, 'Unauthorized').end()),
    );
    await assert.rejects(createNetTransport(refusing, null).exchange('x'), HttpStatusError);
    const hangingUp = await listen(
      t,
      createTcpServer((socket) => void socket.once('data', () => socket.destroy())),
    );
    await assert.rejects(createNetTransport(hangingUp, null).exchange('x'), ConnectionClosed);
    await assert.rejects(createNetTransport({ kind: 'unix', path: '/nosuch/sock' }, null).exchange('x'), {
      code: 'ENOENT',
    });
  });

  it('follows a stream until it is aborted or ends', async (t) => {
    const endpoint = await listen(
      t,
      createServer((request, response) => {
        if (request.url === '/404') response.writeHead(404).end();
        else if (request.url === '/endless') response.write('first ');
        else response.end('all');
      }),
    );
    const abort = new AbortController();
    let seen = '';
    const follow = (path: string) =>
      followStream(
        { endpoint, credentials: null, path, signal: abort.signal },
        {
          onData(bytes) {
            seen += new TextDecoder().decode(bytes);
            if (path === '/endless') abort.abort();
          },
        },
      );
    await follow('/ends');
    await assert.rejects(follow('/404'), HttpStatusError);
    await follow('/endless');
    assert.equal(seen, 'allfirst ');
  });
});
