import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, lstatSync, readdirSync, rmSync } from 'node:fs';

import { join } from 'node:path';
import { test } from 'node:test';
import { build } from 'esbuild';
import { type HttpServerConfig, openServers } from '../../src/http/open-servers.ts';
import { ROOT, temporaryDirectory } from '../support/daemon.ts';
import { native, OK_ROUTE, request, startServing } from './serving.ts';

const OPEN: readonly (readonly [what: string, options: object, warns: boolean])[] = [
  ['a TCP server without a password', { tcp: true, host: '' }, true],
  ['a TCP server for this container alone', { tcp: true }, false],
  ['a TCP server with a password', { tcp: true, host: '', username: 'u', password: 'p' }, false],
  ['a socket of ours alone', { chmod: 0o700 }, false],
  ['a socket that others may only read', { chmod: 0o755 }, false],
  ['a socket for the group', { chmod: 0o770 }, true],
  ['a socket for all', { chmod: 0o777 }, true],
  ['a socket for all with a password', { chmod: 0o777, username: 'u', password: 'p' }, false],
];

for (const [what, options, warns] of OPEN) {
  test(`${what} is ${warns ? '' : 'not '}warned about`, async (t) => {
    const { lines } = await startServing(t, options);
    const section = 'tcp' in options ? 'inet_http_server' : 'unix_http_server';
    const warning = `critical Server '${section}' running without any HTTP authentication checking`;
    assert.deepEqual(lines, warns ? [warning] : []);
  });
}

test('several servers serve the same routes, each with its own password', async (t) => {
  const dir = temporaryDirectory(t);
  const config = (name: string, password: string | null): HttpServerConfig => ({
    section: name,
    username: password === null ? null : 'user',
    password,
    address: { kind: 'unix', path: join(dir, name), chmod: 0o700, chown: null },
  });
  const configs = [config('one', null), config('two', 'secret'), config('three', 'other')];
  const servers = await openServers(configs, { native, routes: [OK_ROUTE], log: () => undefined });
  t.after(() => servers.close(0));
  assert.deepEqual(
    servers.socketPaths,
    ['one', 'two', 'three'].map((name) => join(dir, name)),
  );
  const headers = ['Authorization: Basic dXNlcjpzZWNyZXQ='];
  for (const [name, status] of [
    ['one', 200],
    ['two', 200],
    ['three', 401],
  ] as const) {
    assert.equal((await request(t, join(dir, name), 'GET /ok.html', { headers })).status, status);
  }
  await servers.close();
  assert.deepEqual(readdirSync(dir), []);
});

test('sockets can be taken away at once and only once', async (t) => {
  const { address, servers } = await startServing(t);
  servers.removeSocketFiles();
  assert.equal(existsSync(String(address)), false);
  const next = await openServers(
    [
      {
        section: 's',
        username: null,
        password: null,
        address: { kind: 'unix', path: String(address), chmod: 0o700, chown: null },
      },
    ],
    { native, routes: [OK_ROUTE], log: () => undefined },
  );
  t.after(() => next.close(0));
  servers.removeSocketFiles();
  await servers.close(0);
  assert.ok(lstatSync(String(address)).isSocket(), "the next instance's socket is still there");
});

test('an opened socket loads neither HTTP nor cryptography before it is served', async (t) => {
  const dir = temporaryDirectory(t);
  const script = `
    import { join } from 'node:path';
    import { loadNative } from ${JSON.stringify(join(ROOT, 'src/os/native.ts'))};
    import { openSockets } from ${JSON.stringify(join(ROOT, 'src/os/sockets.ts'))};
    const loaded = () => process.moduleLoadList.filter((name) => /NativeModule (_http_server|crypto)$/.test(name));
    const native = loadNative(${JSON.stringify(join(ROOT, 'dist'))});
    const address = { kind: 'unix', path: ${JSON.stringify(join(dir, 'sock'))}, chmod: 448, chown: null } as const;
    const config = { section: 's', username: null, password: null, address };
    void (async () => {
      const sockets = await openSockets([address], { native, log: () => undefined });
      console.log(loaded().join());
      const { serve } = await import(${JSON.stringify(join(ROOT, 'src/http/open-servers.ts'))});
      console.log(loaded().join());
      const servers = await serve([config], sockets, { routes: [], log: () => undefined });
      console.log(loaded().join());
      await servers.close();
    })();`;
  const outfile = join(dir, 'bundle.cjs');
  await build({
    stdin: { contents: script, resolveDir: ROOT, loader: 'ts' },
    outfile,
    bundle: true,
    platform: 'node',
    format: 'cjs',
    define: { 'import.meta.dirname': '__dirname' },
    logLevel: 'silent',
  });
  const result = spawnSync(process.execPath, [outfile], { encoding: 'utf8' });
  rmSync(outfile);
  assert.equal(result.stdout, '\nNativeModule _http_server\nNativeModule _http_server\n', result.stderr);
});
