import type { Native } from '../os/native.ts';

/** Replaces this process by a new one of the same command line, under the same pid; returns only by throwing. */
export function startOver(native: Native, env: Readonly<Record<string, string>>): void {
  native.replaceProcess({
    file: process.execPath,
    argv: [process.execPath, ...process.execArgv, ...process.argv.slice(1)],
    env: Object.entries(env).map(([name, value]) => `${name}=${value}`),
    fds: [],
    isolate: 'none',
  });
}
