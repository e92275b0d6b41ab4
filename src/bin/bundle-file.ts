import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { Script } from 'node:vm';

/** Programs that start from a code cache. */
export type BundleName = 'initvisor' | 'initvisorctl' | 'init-mode';

/** In dist/: one function expression with the parameters of a CommonJS module, in ASCII. */
export function bundleFile(name: BundleName): string {
  return `${name}.bundle.js`;
}

/**
 * Name of the code cache that fits this very Node. V8 refuses that of another version by itself, but not that of another
 * build of the same version; builds differ in the size of the executable.
 */
export function codeCacheFile(name: BundleName): string {
  return `${name}-${process.version}-${process.arch}-${statSync(process.execPath).size}.cache`;
}

/** Compiles the bundle in `directory`; one byte a character, as a single other one would double its memory. */
export function compileBundle(name: BundleName, directory: string, cachedData: Buffer | undefined): Script {
  const filename = join(directory, bundleFile(name));
  const source = readFileSync(filename, 'latin1');
  return new Script(source, cachedData === undefined ? { filename } : { filename, cachedData });
}

/** Runs it, as Node's own loader would. */
export function runBundle(name: BundleName, script: Script, require: NodeJS.Require, directory: string): void {
  const main: unknown = script.runInThisContext();
  if (typeof main !== 'function') throw new Error('internal error: the bundle is no function');
  main({}, require, { exports: {} }, join(directory, bundleFile(name)), directory);
}
