import { FAULT_CODES } from '../model/faults.ts';

/** Exit statuses of commands. Source: LSB, init script actions. */
export const EXIT = {
  success: 0,
  generic: 1,
  invalidArguments: 2,
  unimplemented: 3,
  refused: 4,
  notInstalled: 5,
  notRunning: 7,
} as const;

/** Exit statuses of `status`. Source: LSB, init script actions. */
export const STATUS_EXIT = { notRunning: 3, unknown: 4 } as const;

const DEAD_PROGRAM: ReadonlySet<number> = new Set([
  FAULT_CODES.SPAWN_ERROR,
  FAULT_CODES.ABNORMAL_TERMINATION,
  FAULT_CODES.NOT_RUNNING,
]);

/** The exit status that a result calls for; null leaves it as it is. `ignored` is a fault that counts as success. */
export function exitStatusOfResult(code: number, ignored: number | null): number | null {
  if (code === ignored || code === FAULT_CODES.SUCCESS) return null;
  return DEAD_PROGRAM.has(code) ? EXIT.notRunning : EXIT.generic;
}
