/** The commands initvisor and initvisorctl: runs the bundle of that name beside it, from V8's code cache where there is one, as compiling takes 10 ms. */
import { readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { type BundleName, codeCacheFile, compileBundle, runBundle } from './bundle-file.ts';
import { chooseBundle } from './choose-bundle.ts';

function readCodeCache(name: BundleName, directory: string): Buffer | undefined {
  try {
    return readFileSync(join(directory, codeCacheFile(name)));
  } catch {
    // ENOENT: built by another Node. Whatever it is, all works without.
    return undefined;
  }
}

const directory = import.meta.dirname;
const name = chooseBundle(basename(process.argv[1] ?? ''), basename(import.meta.filename), process.argv.slice(2));
runBundle(name, compileBundle(name, directory, readCodeCache(name, directory)), require, directory);
