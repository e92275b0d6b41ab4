/**
 * A step of the build: `node record-code-cache NAME DIRECTORY ARG…` runs the bundle NAME in DIRECTORY with ARG… to its end and keeps
 * what V8 has compiled by then, so that a daemon starts with every function that a daemon needs.
 */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { codeCacheFile, compileBundle, runBundle } from './bundle-file.ts';

const [node = '', , program, directory = '', ...args] = process.argv;
const name = program === 'initvisorctl' || program === 'init-mode' ? program : 'initvisor';
const script = compileBundle(name, directory, undefined);
process.argv = [node, join(directory, `${name}.cjs`), ...args];
process.on('exit', (status) => {
  if (status === 0) writeFileSync(join(directory, codeCacheFile(name)), script.createCachedData());
});
runBundle(name, script, require, directory);
