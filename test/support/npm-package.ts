import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { ROOT } from './daemon.ts';

const run = promisify(execFile);

export interface PackedPackage {
  /** The tarball. */
  readonly path: string;
  /** Of the files in it, in alphabetical order. */
  readonly files: readonly string[];
}

function isPacked(value: unknown): value is readonly [{ filename: string; files: readonly { path: string }[] }] {
  return Array.isArray(value) && value.length === 1 && typeof value[0].filename === 'string';
}

/** Runs npm; its output is returned, its failure is thrown. */
export async function npm(words: readonly string[], cwd: string): Promise<string> {
  return (await run('npm', words, { cwd })).stdout;
}

/** Packs what npm would publish into `directory`, with dist/ as it is. */
export async function packInto(directory: string): Promise<PackedPackage> {
  const answer: unknown = JSON.parse(
    await npm(['pack', '--json', '--ignore-scripts', '--pack-destination', directory], ROOT),
  );
  if (!isPacked(answer)) throw new Error(`cannot read npm's answer: ${JSON.stringify(answer)}`);
  const [{ filename, files }] = answer;
  return { path: join(directory, filename), files: files.map(({ path }) => path).sort() };
}
