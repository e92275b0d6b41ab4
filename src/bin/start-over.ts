import type { Log } from '../model/log-level.ts';
import type { Native } from '../os/native.ts';

/** Milliseconds for logs to be written out before a new daemon takes over. */
const FLUSH_MS = 500;

export interface StartOverOptions {
  readonly native: Native;
  readonly env: Readonly<Record<string, string>>;
  /** Where the command line is to be understood. */
  readonly cwd: string;
  /** Lets go of the control sockets. */
  readonly close: () => void;
  readonly log: Log;
}

/** Replaces this process by a new one of the same command line, under the same pid; returns only when that cannot be. */
export function startOver({ native, env, cwd, close, log }: StartOverOptions): void {
  native.pumpFlush(FLUSH_MS);
  try {
    close();
    process.chdir(cwd);
    native.replaceProcess({
      file: process.execPath,
      argv: [process.execPath, ...process.execArgv, ...process.argv.slice(1)],
      env: Object.entries(env).map(([name, value]) => `${name}=${value}`),
      fds: [],
      isolate: 'none',
    });
  } catch (error) {
    log('critical', `cannot start over: ${error instanceof Error ? error.message : error}`);
  }
}
