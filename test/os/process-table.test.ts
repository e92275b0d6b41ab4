import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { loadNative } from '../../src/os/native.ts';
import { ownChildren } from '../../src/os/process-table.ts';
import { ROOT } from '../support/daemon.ts';

const DIST = join(ROOT, 'dist');
const native = loadNative(DIST);

describe('ownChildren', () => {
  it('names a living child, and no longer once it has ended', async () => {
    const child = spawn('sleep', ['60']);
    await once(child, 'spawn');
    const found = ownChildren(native)?.find(({ pid }) => pid === child.pid);
    child.kill('SIGKILL');
    await once(child, 'exit');
    assert.deepEqual(found, { ...found, pid: child.pid, name: 'sleep' });
    assert.equal(
      ownChildren(native)?.some(({ pid }) => pid === child.pid),
      false,
    );
  });

  it('looks at no other process when there is no child', () => {
    const modules = ['src/os/process-table.ts', 'src/os/native.ts'].map((path) => JSON.stringify(join(ROOT, path)));
    const code = [
      "const fs = require('node:fs');",
      'const read = [];',
      'const { readFileSync } = fs;',
      'fs.readFileSync = (path, ...rest) => { read.push(String(path)); return readFileSync(path, ...rest); };',
      "require('node:module').syncBuiltinESMExports();",
      `Promise.all([${modules.map((module) => `import(${module})`)}]).then(([{ ownChildren }, { loadNative }]) => {`,
      `  const native = loadNative(${JSON.stringify(DIST)});`,
      '  read.length = 0;',
      '  const children = ownChildren(native);',
      "  console.log(JSON.stringify({ children, others: read.filter((path) => path.endsWith('/stat')) }));",
      '});',
    ].join('\n');
    const compiled = spawnSync(process.execPath, ['--import', 'tsx', '-e', code], { encoding: 'utf8', cwd: ROOT });
    assert.equal(compiled.stderr, '');
    assert.deepEqual(JSON.parse(compiled.stdout), { children: [], others: [] });
  });
});
