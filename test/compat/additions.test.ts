import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import { loadConfig } from '../../src/config/parse.ts';
import { hookSchema } from '../../src/config/schema/hook.ts';
import { programSchema } from '../../src/config/schema/program.ts';
import { supervisordSchema } from '../../src/config/schema/supervisord.ts';
import { NO_FLAGS, systemSource } from '../config/sources.ts';
import { realizeAll, skipWithoutPackage } from './realize.ts';

const ENV = { HOME: '/root', PATH: '/usr/bin:/bin' };
const directory = mkdtempSync(join(tmpdir(), 'additions-'));
after(() => rmSync(directory, { recursive: true }));

/** A value for each addition, as a file may have it. */
const VALUES: Readonly<Record<string, string>> = {
  depends_on: 'db, cache:ready, migrate:completed',
  restart_with: 'db',
  console_prefix: '[%(process_name)s]',
  events: 'PROCESS_STATE_FATAL',
  url: 'https://hooks.example/x',
};

type Options = typeof programSchema | typeof supervisordSchema | typeof hookSchema;

const additionsOf = (schema: Options) =>
  Object.entries(schema)
    .filter(([, option]) => option.since === 'initvisor')
    .map(([key, option]) => `${key}=${VALUES[key] ?? (option.default || option.example || '')}`)
    .join('\n');

const OTHERS = ['db', 'cache', 'migrate'].map((name) => `[program:${name}]\ncommand=/bin/cat\n`).join('');

const fileOf = (daemon: string, program: string, more = '') =>
  `[supervisord]\n${daemon}\n${OTHERS}[program:x]\ncommand=/bin/cat\n${program}\n${more}`;

let count = 0;
function write(text: string): string {
  const path = join(directory, `${count++}.conf`);
  writeFileSync(path, text);
  return path;
}

const isRefused = (made: unknown) => typeof made === 'object' && made !== null && 'error' in made;

describe('a file with additions in the real Supervisor', { skip: skipWithoutPackage }, () => {
  it('means the same as without them', () => {
    const hook = `[hook:x]\n${additionsOf(hookSchema)}\n`;
    const withAll = fileOf(additionsOf(supervisordSchema), additionsOf(programSchema), hook);
    const [plain, added] = realizeAll([write(fileOf('', '')), write(withAll)], ENV);
    assert.ok(!isRefused(plain) && !isRefused(added), JSON.stringify([plain, added]));
    assert.deepEqual(added, plain);
    assert.match(withAll, /^oneshot=/m);
    assert.match(withAll, /^shutdown_timeout=/m);
  });

  const REFUSED: readonly (readonly [title: string, program: string])[] = [
    ['a list of stop signals', 'stopsignal=TERM:10 INT:5'],
    ['one stop signal with its seconds', 'stopsignal=TERM:10'],
    ['a process for each CPU', 'numprocs=auto\nprocess_name=x%(process_num)d'],
    ['the number of CPUs', 'environment=N="%(cpus)d"'],
    ['the default of a variable', 'environment=N="%(ENV_NOT_SET:-1)s"'],
  ];
  for (const [title, program] of REFUSED) {
    it(`is refused with ${title}, as README says`, () => {
      const path = write(fileOf('', program));
      assert.ok(isRefused(realizeAll([path], ENV)[0]));
      const ours = loadConfig(systemSource(ENV), { path, flags: NO_FLAGS, strict: true });
      assert.ok(ours.ok, JSON.stringify(ours));
    });
  }

  it('loads with startretries=-1, which there means no second try', () => {
    assert.ok(!isRefused(realizeAll([write(fileOf('', 'startretries=-1'))], ENV)[0]));
  });

  it('is said to be refused in README', () => {
    const readme = readFileSync(join(import.meta.dirname, '../../README.md'), 'utf8').replaceAll('\n', ' ');
    const said = 'What stands under "anywhere" it refuses, and a `stopsignal` with seconds (`TERM:10 INT:5`)';
    assert.ok(readme.includes(said));
    assert.ok(readme.includes('`startretries=-1` means no second try there'));
  });
});
