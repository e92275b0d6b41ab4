import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { pathToFileURL } from 'node:url';
import { ROOT, temporaryDirectory } from '../support/daemon.ts';

const source = (path: string): string => JSON.stringify(pathToFileURL(join(ROOT, 'src', path)).href);

/** Runs a process that keeps a pidfile and then does `body`. */
function runKeeper(path: string, body: string) {
  const code = `const { keepPidfile } = await import(${source('init/pidfile.ts')});
    const { createFiles } = await import(${source('os/files.ts')});
    const files = createFiles();
    keepPidfile({ files, path: ${JSON.stringify(path)}, pid: 4711 });
    ${body}`;
  return spawnSync(process.execPath, ['--import', 'tsx', '--input-type=module', '-e', code], {
    cwd: ROOT,
    encoding: 'utf8',
  });
}

describe('the pidfile', () => {
  it('holds the pid while the process is there', (t) => {
    const path = join(temporaryDirectory(t), 'pid');
    const { stdout } = runKeeper(path, `console.log(files.read(${JSON.stringify(path)}));`);
    assert.equal(stdout, '4711\n\n');
  });

  for (const [what, body] of [
    ['an exit', 'process.exit(3)'],
    ['an end by itself', ''],
    ['SIGTERM', "process.kill(process.pid, 'SIGTERM'); await new Promise((r) => setTimeout(r, 5000))"],
  ] as const) {
    it(`goes with ${what}`, (t) => {
      const path = join(temporaryDirectory(t), 'pid');
      const { stderr } = runKeeper(path, body);
      assert.equal(existsSync(path), false, stderr);
    });
  }

  it('of another instance stays', (t) => {
    const path = join(temporaryDirectory(t), 'pid');
    runKeeper(path, `files.write(${JSON.stringify(path)}, '1234\\n');`);
    assert.equal(readFileSync(path, 'utf8'), '1234\n');
  });
});
