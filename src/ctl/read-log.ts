import { RpcFault } from '../client/errors.ts';
import { FAULT_CODES } from '../model/faults.ts';
import type { Controller } from './controller.ts';

const REASONS: ReadonlyMap<number, string> = new Map([
  [FAULT_CODES.NO_FILE, 'no log file'],
  [FAULT_CODES.FAILED, 'unknown error reading log'],
  [FAULT_CODES.BAD_NAME, 'no such process name'],
]);

/** Prints the end of a log, or why there is none; `name` is whose log it is. */
export async function printLog(ctl: Controller, name: string, read: () => Promise<string>): Promise<void> {
  try {
    ctl.print(await read());
  } catch (error) {
    const reason = error instanceof RpcFault ? REASONS.get(error.code) : undefined;
    if (reason === undefined) throw error;
    ctl.fail(`${name}: ERROR (${reason})`);
  }
}
