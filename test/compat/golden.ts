import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** Where Debian's package has it. */
export const SUPERVISORD = '/usr/bin/supervisord';

/** What the real Supervisor did, for machines without it. */
const GOLDEN = join(import.meta.dirname, '..', 'fixtures', 'compat', 'golden');

/** Whether the golden copies are to be made anew from what the real one does now; `npm run format` then gives them their form. */
export const REWRITES_GOLDEN = process.env.UPDATE_GOLDEN === '1';

/** Name of the file of a golden copy. */
export const goldenFile = (name: string): string => `${name.toLowerCase().replace(/[^a-z0-9]+/g, '-')}.json`;

/** Names of the files of all golden copies. */
export const goldenFiles = (): string[] => readdirSync(GOLDEN);

export const REFUSED_GOLDEN = 'refused configurations';

const goldenPath = (name: string): string => join(GOLDEN, goldenFile(name));

/** Whether the real Supervisor runs beside ours; GOLDEN_ONLY=1 does as if it were not there. */
export const hasUpstream = (): boolean => process.env.GOLDEN_ONLY !== '1' && existsSync(SUPERVISORD);

/** The golden copy for a name; throws when there is none. */
export function readGolden(name: string): unknown {
  const path = goldenPath(name);
  if (!existsSync(path)) {
    throw new Error(`cannot find the golden copy ${path}: run with UPDATE_GOLDEN=1 where Supervisor is installed`);
  }
  return JSON.parse(readFileSync(path, 'utf8'));
}

/** Makes a golden copy. */
export function writeGolden(name: string, value: unknown): void {
  mkdirSync(GOLDEN, { recursive: true });
  writeFileSync(goldenPath(name), `${JSON.stringify(value, null, 2)}\n`);
}
