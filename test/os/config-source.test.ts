import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import { createConfigSource, usableCpus } from '../../src/os/config-source.ts';
import { glob } from '../../src/os/glob.ts';

const directory = mkdtempSync(join(tmpdir(), 'config-source-'));
after(() => rmSync(directory, { recursive: true }));
mkdirSync(join(directory, 'sub'));
for (const name of ['b.conf', 'a.conf', '.hidden.conf', 'c.ini', 'x[1].conf', 'sub/d.conf'])
  writeFileSync(join(directory, name), name);

describe('a pattern finds', () => {
  const rows: readonly (readonly [pattern: string, names: readonly string[]])[] = [
    ['*.conf', ['a.conf', 'b.conf', 'x[1].conf']],
    ['.*.conf', ['.hidden.conf']],
    ['?.conf', ['a.conf', 'b.conf']],
    ['[ab].conf', ['a.conf', 'b.conf']],
    ['[!a].conf', ['b.conf']],
    ['[a-b].*', ['a.conf', 'b.conf']],
    ['x[[]1].conf', ['x[1].conf']],
    ['*/*.conf', ['sub/d.conf']],
    ['**', ['a.conf', 'b.conf', 'c.ini', 'sub', 'x[1].conf']],
    ['a.conf', ['a.conf']],
    ['none', []],
    ['none/*', []],
    ['a.conf/*', []],
    [`${'*a'.repeat(12)}*`, []],
  ];
  for (const [pattern, names] of rows) {
    it(pattern, () =>
      assert.deepEqual(
        glob(join(directory, pattern)),
        names.map((name) => join(directory, name)),
      ),
    );
  }
});

const users = { userByName: () => null, userByUid: () => null, gidByName: () => null, groupExists: () => false };
const source = createConfigSource(users, { env: { HOME: '/h' }, cwd: '/', uid: 0 });

it('a file is read as bytes, and what cannot be read has an errno', () => {
  assert.equal(new TextDecoder().decode(source.readFile(join(directory, 'a.conf'))), 'a.conf');
  assert.throws(() => source.readFile(directory), { code: 'EISDIR' });
  assert.throws(() => source.readFile(join(directory, 'none')), { code: 'ENOENT' });
});

it('a device without an end is read up to a limit', () => {
  assert.equal(source.readFile('/dev/zero').length, 16 * 1024 * 1024 + 1);
});

it('a path below a file is no directory', () => {
  assert.equal(source.isDirectory(directory), true);
  assert.equal(source.isDirectory(join(directory, 'a.conf')), false);
  assert.equal(source.isDirectory(join(directory, 'a.conf/x')), false);
});

it('there is at least one CPU', () => assert.ok(Number.isInteger(usableCpus()) && usableCpus() >= 1));
