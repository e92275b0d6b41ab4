import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { describe, it } from 'node:test';

const SRC = join(import.meta.dirname, '..', 'src');
const MAX_LINES = 300;
const MAX_IMPORTS = 12;

/** What only one file, or one folder, may touch; everything else goes through it. */
const OWNERS: readonly { readonly pattern: RegExp; readonly owners: readonly string[]; readonly what: string }[] = [
  { pattern: /from 'ini'/, owners: ['config/ini.ts'], what: 'the package ini' },
  { pattern: /from 'signal-exit'/, owners: ['init/pidfile.ts'], what: 'the package signal-exit' },
  { pattern: /from 'saxes'/, owners: ['xmlrpc/read-xml.ts'], what: 'the package saxes' },
  { pattern: /from 'nodemailer'/, owners: ['superlance/send-mail.ts'], what: 'the package nodemailer' },
  { pattern: /from 'pidusage'/, owners: ['os/usage.ts'], what: 'the package pidusage' },
  { pattern: /from 'croner'/, owners: ['config/cron.ts'], what: 'the package croner' },
  { pattern: /from 'esbuild'/, owners: ['bin/build.ts'], what: 'the package esbuild' },
  { pattern: /from 'node:(fs|child_process|os|dns|worker_threads)'/, owners: ['os/', 'bin/'], what: 'the system' },
  {
    pattern: /from 'node:(net|http|https|tls|dgram)'/,
    owners: [
      'os/sockets.ts',
      'os/http-get.ts',
      'os/http-requester.ts',
      'os/https-request.ts',
      'os/tcp-connect.ts',
      'http/',
      'client/',
      'superlance/check-url.ts',
      'bin/build-code-cache.ts',
    ],
    what: 'the network',
  },
  {
    pattern: /\b(setTimeout|setInterval)\(|\bDate\.now\(|new Date\(|performance\.now\(/,
    owners: ['os/clock.ts', 'os/local-time.ts', 'config/cron.ts'],
    what: 'time',
  },
  { pattern: /\bprocess\.(exit|argv|env)\b/, owners: ['bin/'], what: "the process's edges" },
  {
    pattern: /\bprocess\.(kill|umask|setuid|setgid|setgroups|on|once)\(/,
    owners: ['os/', 'bin/'],
    what: 'the process',
  },
];

interface Source {
  readonly path: string;
  readonly folder: string;
  readonly text: string;
  /** Paths relative to src of the files that it imports. */
  readonly imports: readonly string[];
  readonly importCount: number;
}

function readSource(path: string): Source {
  const text = readFileSync(join(SRC, path), 'utf8');
  const specifiers = [...text.matchAll(/(?:from|import) '([^']+)'/g)].map(([, specifier = '']) => specifier);
  const imports = specifiers
    .filter((specifier) => specifier.startsWith('.') && specifier.endsWith('.ts'))
    .map((specifier) => relative(SRC, resolve(SRC, dirname(path), specifier)));
  return { path, folder: path.split('/')[0] ?? '', text, imports, importCount: specifiers.length };
}

const SOURCES = readdirSync(SRC, { recursive: true, encoding: 'utf8' })
  .filter((path) => path.endsWith('.ts'))
  .map(readSource);

/** The table in src/README.md: folder to the folders that it may import. */
function allowedEdges(): Map<string, Set<string>> {
  const rows = readFileSync(join(SRC, 'README.md'), 'utf8').matchAll(/^\| `(\w+)` +\|[^|]*\|([^|]*)\|$/gm);
  return new Map(
    [...rows].map(([, folder = '', imports = '']) => [folder, new Set(imports.split(',').map((name) => name.trim()))]),
  );
}

/** A path of files that leads back to its first, null when there is none. */
function findCycle(): readonly string[] | null {
  const byPath = new Map(SOURCES.map((source) => [source.path, source]));
  const done = new Set<string>();
  function visit(path: string, trail: readonly string[]): readonly string[] | null {
    if (trail.includes(path)) return [...trail.slice(trail.indexOf(path)), path];
    if (done.has(path)) return null;
    for (const next of byPath.get(path)?.imports ?? []) {
      const cycle = visit(next, [...trail, path]);
      if (cycle !== null) return cycle;
    }
    done.add(path);
    return null;
  }
  for (const { path } of SOURCES) {
    const cycle = visit(path, []);
    if (cycle !== null) return cycle;
  }
  return null;
}

describe('the source tree', () => {
  it('imports only along the edges that src/README.md lists', () => {
    const allowed = allowedEdges();
    for (const { path, folder, imports } of SOURCES) {
      const edges = allowed.get(folder);
      assert.ok(edges !== undefined, `src/README.md does not list the folder of ${path}`);
      for (const target of imports) {
        const other = target.split('/')[0] ?? '';
        assert.ok(other === folder || edges.has(other), `${path} imports ${target}`);
      }
    }
  });

  it('has no folder in src/README.md that is not there', () => {
    const folders = new Set(SOURCES.map(({ folder }) => folder));
    for (const folder of allowedEdges().keys()) assert.ok(folders.has(folder), `there is no src/${folder}`);
  });

  it('lets rpc know of the supervisor only what clients may ask', () => {
    for (const { path, imports } of SOURCES.filter(({ folder }) => folder === 'rpc')) {
      const others = imports.filter((target) => /^supervisor\/(?!facade\.ts$)/.test(target));
      assert.deepEqual(others, [], `${path} imports more than the facade`);
    }
  });

  it('has no import cycle', () => {
    assert.equal(findCycle(), null);
  });

  it('leaves the system, time and packages to their owners', () => {
    for (const { pattern, owners, what } of OWNERS) {
      for (const { path, text } of SOURCES) {
        if (!owners.some((owner) => path.startsWith(owner)))
          assert.doesNotMatch(text, pattern, `${path} touches ${what}`);
      }
    }
  });

  it(`keeps files under ${MAX_LINES} lines and outside bin/ at ${MAX_IMPORTS} imports`, () => {
    for (const { path, folder, text, importCount } of SOURCES) {
      assert.ok(text.split('\n').length <= MAX_LINES + 1, `${path} is too long`);
      assert.ok(folder === 'bin' || importCount <= MAX_IMPORTS, `${path} has ${importCount} imports`);
    }
  });
});
