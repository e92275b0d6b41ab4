import type { Log } from '../model/log-level.ts';

/** Tells of a mistake of our own. */
export function logMistake(log: Log, error: unknown): void {
  const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
  log('critical', `internal error: ${text}`);
}

/** Nothing that goes wrong in a handler takes PID 1 down. */
export function surviveMistakes(log: Log): void {
  process.on('uncaughtException', (error) => logMistake(log, error));
  process.on('unhandledRejection', (error) => logMistake(log, error));
}
