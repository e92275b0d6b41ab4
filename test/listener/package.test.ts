import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import { promisify } from 'node:util';
import { COMMAND_NAMES } from '../../src/superlance/commands.ts';
import { ROOT, startDaemon, temporaryDirectory } from '../support/daemon.ts';
import { npm, packInto } from '../support/npm-package.ts';
import { missing } from '../support/requirements.ts';
import { waitFor } from '../support/wait-for.ts';

const run = promisify(execFile);

/** Uses what the types promise: a wrong one must not compile. */
const USE = `
void listen({
  PROCESS_STATE_EXITED: ({ pid, expected }) => [pid satisfies number, expected satisfies boolean],
  PROCESS_LOG: ({ data, channel }) => [data satisfies string, channel satisfies 'stdout' | 'stderr'],
  // @ts-expect-error no event is called so
  PROCESS_STATE_EXITET: () => null,
});
export async function names(): Promise<void> {
  for await (const event of listen()) {
    if (event.name === 'TICK_5') event.when satisfies number;
    // @ts-expect-error not every event has a pid
    event.pid;
  }
}
`;
const PROGRAMS = {
  'esm.mts': `import { listen } from 'initvisor/listener';${USE}`,
  'cjs.cts': `import { listen } from 'initvisor/listener';${USE}`,
  'required.cjs': "process.exitCode = typeof require('initvisor/listener').listen === 'function' ? 0 : 1;",
  'imported.mjs':
    "import { listen } from 'initvisor/listener'; process.exitCode = typeof listen === 'function' ? 0 : 1;",
};

/** A project that has installed the package as npm would publish it. */
async function install(t: TestContext): Promise<string> {
  const dir = temporaryDirectory(t);
  const { path } = await packInto(dir);
  writeFileSync(join(dir, 'package.json'), '{"private": true}');
  await npm(['install', '--offline', '--ignore-scripts', '--no-audit', '--no-fund', path], dir);
  for (const [name, text] of Object.entries(PROGRAMS)) writeFileSync(join(dir, name), text);
  return dir;
}

describe('the package', () => {
  it('has a listener for both kinds of modules, typed without further packages, and the programs', async (t) => {
    const dir = await install(t);
    for (const name of ['required.cjs', 'imported.mjs']) await run(process.execPath, [name], { cwd: dir });
    const compiler = join(ROOT, 'node_modules', 'typescript', 'bin', 'tsc');
    const options = ['--noEmit', '--strict', '--types', '', '--target', 'es2023', '--module', 'nodenext'];
    await run(process.execPath, [compiler, ...options, 'esm.mts', 'cjs.cts'], { cwd: dir });
    for (const name of COMMAND_NAMES) {
      const { stdout } = await run(join(dir, 'node_modules', '.bin', name), ['--help']);
      assert.match(stdout, new RegExp(`^Usage: ${name} `));
    }
  });
});

describe('the example', () => {
  for (const command of [undefined, ['/usr/bin/supervisord'] as const]) {
    const skip = command === undefined ? false : missing('supervisor');
    it(`counts exits under ${command?.[0] ?? 'initvisor'}`, { skip }, async (t) => {
      const daemon = startDaemon(t, {
        ...(command === undefined ? {} : { command }),
        config: `[supervisord]
nodaemon=true
logfile=/dev/null
pidfile=%DIR%/pid
[program:job]
command=/bin/sh -c 'exit 7'
startsecs=0
autorestart=false
[eventlistener:count-exits]
command=${process.execPath} ${ROOT}/examples/listeners/count-exits.mjs
events=PROCESS_STATE_EXITED
stderr_logfile=%DIR%/said
`,
      });
      const said = join(daemon.dir, 'said');
      await waitFor(() => existsSync(said) && readFileSync(said, 'utf8').endsWith('\n'), 'a line of the listener');
      assert.equal(readFileSync(said, 'utf8'), 'count-exits: job:job ended unexpectedly, 1 so far\n');
      await daemon.stop();
    });
  }
});
