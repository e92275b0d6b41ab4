/**
 * Builds dist/: the native addon with the C compiler at hand, the bundled programs, and V8's code cache of the daemon.
 * Run by `npm install` in a clone.
 * `--addon` stops after the addon. CC names the compiler, CFLAGS adds flags (a sanitizer's, for one).
 */
import { spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, readdirSync, renameSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type BuildOptions, build } from 'esbuild';
import { addonFileName, type Libc } from '../os/native-file.ts';
import { buildCodeCaches, removeCodeCaches } from './build-code-cache.ts';
import { buildListeners } from './build-listeners.ts';
import { type BundleName, bundleFile } from './bundle-file.ts';

const root = join(dirname(fileURLToPath(import.meta.url)), '..', '..');

const headers = join(dirname(createRequire(import.meta.url).resolve('node-api-headers/package.json')), 'include');

const COMPILER_FLAGS = [
  '-std=gnu11',
  '-O2',
  '-fPIC',
  '-shared',
  '-fvisibility=hidden',
  '-Wall',
  '-Wextra',
  '-Werror',
  '-pthread',
];

function hostLibc(): Libc {
  const report: unknown = process.report.getReport();
  return JSON.stringify(report).includes('"glibcVersionRuntime"') ? 'glibc' : 'musl';
}

function nativeSources(): string[] {
  const folder = join(root, 'src/os/native');
  return readdirSync(folder)
    .filter((name) => name.endsWith('.c'))
    .map((name) => join(folder, name));
}

function buildAddon(): void {
  const compiler = process.env.CC || 'cc';
  const extraFlags = (process.env.CFLAGS ?? '').split(' ').filter((flag) => flag !== '');
  const output = join(root, 'dist', addonFileName(process.platform, process.arch, hostLibc()));
  const fresh = `${output}.${process.pid}`;
  mkdirSync(dirname(output), { recursive: true });
  const flags = [...COMPILER_FLAGS, ...extraFlags, `-I${headers}`, '-o', fresh];
  const result = spawnSync(compiler, [...flags, ...nativeSources()], { stdio: 'inherit' });
  if (result.error !== undefined) {
    throw new Error(
      `cannot build the native addon: no C compiler ("${compiler}"); install one, for example Debian's gcc and libc6-dev, or set CC`,
    );
  }
  if (result.status !== 0) {
    throw new Error(`cannot build the native addon: "${compiler}" ended with status ${result.status}`);
  }
  // Replaced in one step: a running program has the old file mapped, and writing into that would crash it.
  renameSync(fresh, output);
}

const BUNDLE_OPTIONS = {
  absWorkingDir: root,
  bundle: true,
  platform: 'node',
  format: 'cjs',
  target: 'node20',
  minifySyntax: true,
  minifyWhitespace: true,
  // Node shows the whole line that an error comes from, which else is kilobytes long.
  lineLimit: 160,
  // A script that is compiled from a cache cannot import at run time, not even what is built into Node.
  supported: { 'dynamic-import': false },
  define: {
    'import.meta.dirname': '__dirname',
    'import.meta.filename': '__filename',
    // Or it complains on stderr where there is no getconf(1), and goes on with the same defaults.
    'process.env.PIDUSAGE_SILENT': '"1"',
  },
  logLevel: 'warning',
} satisfies BuildOptions;

/** Escapes what esbuild leaves as it is in regular expressions. */
function toAscii(text: string): string {
  return text.replace(/[^\0-\x7f]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`);
}

/** A file that npm links to as a command. */
async function buildCommands(entryPoints: Readonly<Record<string, string>>): Promise<void> {
  await build({
    ...BUNDLE_OPTIONS,
    entryPoints,
    outdir: 'dist',
    outExtension: { '.js': '.cjs' },
    legalComments: 'external',
    banner: { js: '#!/usr/bin/env node' },
  });
  // npm does so for what it installs; a link to dist/ has nobody else.
  for (const name of Object.keys(entryPoints)) chmodSync(join(root, 'dist', `${name}.cjs`), 0o755);
}

/** What the command of the same name launches. */
async function buildLaunched(name: BundleName): Promise<void> {
  const { outputFiles } = await build({
    ...BUNDLE_OPTIONS,
    entryPoints: [`src/bin/${name}.ts`],
    outfile: join(root, 'dist', bundleFile(name)),
    legalComments: 'external',
    banner: { js: '(function (exports, require, module, __filename, __dirname) {' },
    footer: { js: '})' },
    write: false,
  });
  for (const { path, text } of outputFiles) writeFileSync(path, path.endsWith('.js') ? toAscii(text) : text);
}

async function buildPrograms(): Promise<void> {
  const dist = join(root, 'dist');
  removeCodeCaches(dist);
  await buildCommands({
    initvisor: 'src/bin/launch.ts',
    initvisorctl: 'src/bin/launch.ts',
    pidproxy: 'src/bin/pidproxy.ts',
  });
  await buildLaunched('initvisor');
  await buildLaunched('initvisorctl');
  await buildLaunched('init-mode');
  await buildListeners(root, async ({ source, outfile }) => {
    await build({ ...BUNDLE_OPTIONS, entryPoints: [source], outfile, legalComments: 'external' });
  });
  await buildCodeCaches(dist, async (source, outfile) => {
    await build({ ...BUNDLE_OPTIONS, entryPoints: [source], outfile });
  });
}

try {
  buildAddon();
  if (!process.argv.includes('--addon')) await buildPrograms();
} catch (error) {
  console.error(error instanceof Error ? error.message : String(error));
  process.exitCode = 1;
}
