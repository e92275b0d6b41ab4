import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { cpSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import { bundleFile, codeCacheFile, compileBundle } from '../../src/bin/bundle-file.ts';
import { INITVISOR, temporaryDirectory } from '../support/daemon.ts';

const DIST = dirname(INITVISOR);

function versionFrom(directory: string): string {
  const { status, stdout, stderr } = spawnSync(process.execPath, [join(directory, 'initvisor.cjs'), '--version'], {
    encoding: 'utf8',
  });
  assert.equal(status, 0, stderr);
  return stdout;
}

/** All of dist/ but the code caches. */
function copyWithoutCache(t: TestContext): string {
  const directory = temporaryDirectory(t);
  const names = readdirSync(DIST).filter((name) => !name.endsWith('.cache'));
  for (const name of names) cpSync(join(DIST, name), join(directory, name), { recursive: true });
  return directory;
}

describe('the bundle', () => {
  for (const name of ['initvisor', 'initvisorctl', 'init-mode'] as const) {
    it(`of ${name} is built with a code cache that this Node accepts`, () => {
      const script = compileBundle(name, DIST, readFileSync(join(DIST, codeCacheFile(name))));
      assert.equal(script.cachedDataRejected, false);
    });

    it(`of ${name} is plain ASCII, as it is read one byte a character`, () => {
      assert.doesNotMatch(readFileSync(join(DIST, bundleFile(name)), 'latin1'), /[^\0-\x7f]/);
    });
  }

  it('runs without a code cache', (t) => {
    assert.equal(versionFrom(copyWithoutCache(t)), versionFrom(DIST));
  });

  it('runs when the code cache is of another version', (t) => {
    const directory = copyWithoutCache(t);
    const cache = readFileSync(join(DIST, codeCacheFile('initvisor')));
    cache.writeUInt32LE(cache.readUInt32LE(4) + 1, 4);
    writeFileSync(join(directory, codeCacheFile('initvisor')), cache);
    assert.equal(compileBundle('initvisor', directory, cache).cachedDataRejected, true);
    assert.equal(versionFrom(directory), versionFrom(DIST));
  });
});
