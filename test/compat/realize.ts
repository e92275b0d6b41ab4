import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';

const PYTHON = '/usr/bin/python3';
const installed = existsSync('/usr/lib/python3/dist-packages/supervisor/options.py') && existsSync(PYTHON);

/** For a test's `skip`. */
export const skipWithoutPackage = installed ? false : "the real Supervisor's Python package is not installed";

/** What the real Supervisor makes of each file, in an environment. */
export function realizeAll(paths: readonly string[], env: Readonly<Record<string, string>>): unknown[] {
  const script = join(import.meta.dirname, 'read-config.py');
  const out = execFileSync(PYTHON, ['-W', 'ignore', script], { env, input: `${paths.join('\n')}\n`, encoding: 'utf8' });
  return out
    .trim()
    .split('\n')
    .map((line): unknown => JSON.parse(line));
}
