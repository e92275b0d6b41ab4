import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { it } from 'node:test';
import { promisify } from 'node:util';
import { SERVER } from '../ctl/parity-config.ts';
import { ROOT, startDaemon, temporaryDirectory } from '../support/daemon.ts';
import { npm, packInto } from '../support/npm-package.ts';

const run = promisify(execFile);

/** Uses what the types promise: a wrong one must not compile. */
const TYPED = `
import { connect, RpcFault } from 'initvisor/client';
const client = connect({ url: 'http://127.0.0.1:9001', username: 'u', password: 'p' });
export async function use(): Promise<void> {
  for (const { statename, pid } of await client.supervisor.getAllProcessInfo()) [statename satisfies string, pid satisfies number];
  (await client.system.listMethods()) satisfies readonly string[];
  (await client.initvisor.usage())[0]?.cpu satisfies number | undefined;
  // @ts-expect-error there is no such method
  client.supervisor.getProces;
  new RpcFault(1, 'x').code satisfies number;
}
`;

/** Runs to its end without close(): a kept connection holds nobody. */
const PROGRAM = `
import { connect, RpcFault } from 'initvisor/client';
const { supervisor, initvisor, system, call } = connect({ socketPath: process.argv[2] });
const [infos, state, methods] = await Promise.all([
  supervisor.getAllProcessInfo(), supervisor.getState(), system.listMethods(),
]);
const fault = await supervisor.getProcessInfo('nosuch').catch((error) => error instanceof RpcFault && error.code);
const both = await system.multicall([{ methodName: 'supervisor.getPID', params: [] }]);
const usage = await initvisor.usage();
const names = infos.map(({ name, statename }) => name + ' ' + statename);
const pid = await call('supervisor.getPID');
console.log(JSON.stringify({ names, state: state.statename, known: methods.includes('initvisor.usage'), fault,
  same: both[0] === pid, usage: usage.map(({ name }) => name) }));
`;

it('initvisor/client of the packed package is typed, can be required, and controls a daemon', async (t) => {
  const dir = temporaryDirectory(t);
  const { path } = await packInto(dir);
  writeFileSync(join(dir, 'package.json'), '{"private": true}');
  await npm(['install', '--offline', '--ignore-scripts', '--no-audit', '--no-fund', path], dir);
  const files = {
    'typed.mts': TYPED,
    'typed.cts': TYPED,
    'program.mjs': PROGRAM,
    'required.cjs': "process.exitCode = typeof require('initvisor/client').connect === 'function' ? 0 : 1;",
  };
  for (const [name, text] of Object.entries(files)) writeFileSync(join(dir, name), text);

  const compiler = join(ROOT, 'node_modules', 'typescript', 'bin', 'tsc');
  const options = ['--noEmit', '--strict', '--types', '', '--target', 'es2023', '--module', 'nodenext'];
  await run(process.execPath, [compiler, ...options, 'typed.mts', 'typed.cts'], { cwd: dir });
  await run(process.execPath, ['required.cjs'], { cwd: dir });

  const config = `${SERVER}\n[program:web]\ncommand=/bin/sleep 1000\nstartsecs=0\n`;
  const daemon = startDaemon(t, { config });
  await daemon.waitForOutput(/web entered RUNNING/);
  const socket = join(daemon.dir, /file=(?:%DIR%\/)?(\S+)/.exec(SERVER)?.[1] ?? '');
  const { stdout } = await run(process.execPath, ['program.mjs', socket], { cwd: dir, timeout: 20_000 });
  assert.deepEqual(JSON.parse(stdout), {
    names: ['web RUNNING'],
    state: 'RUNNING',
    known: true,
    fault: 10,
    same: true,
    usage: ['web'],
  });
  assert.equal(await daemon.stop(), 0);
});
