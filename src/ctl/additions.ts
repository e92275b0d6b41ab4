import { RpcFault } from '../client/errors.ts';
import { FAULT_CODES } from '../model/faults.ts';
import type { Controller } from './controller.ts';
import { EXIT } from './exit-codes.ts';

/** Runs a step that needs one of initvisor's own methods; says so when the server, a real supervisord, has none. */
export async function withAdditions(ctl: Controller, what: string, step: () => Promise<void>): Promise<void> {
  try {
    await step();
  } catch (error) {
    if (!(error instanceof RpcFault)) throw error;
    if (error.code === FAULT_CODES.UNKNOWN_METHOD)
      ctl.fail(`ERROR: ${what} needs initvisor, and ${ctl.serverurl} is another server`, EXIT.unimplemented);
    else ctl.fail(`ERROR: ${error.faultString}`);
  }
}

/** Runs a step for each name; one that the server does not know is said, and costs the others nothing. */
export async function forEachName<T>(
  ctl: Controller,
  wanted: readonly T[],
  complaintOf: (one: T) => string,
  step: (one: T) => Promise<void>,
): Promise<void> {
  for (const one of wanted) {
    try {
      await step(one);
    } catch (error) {
      if (!(error instanceof RpcFault) || error.code !== FAULT_CODES.BAD_NAME) throw error;
      ctl.fail(complaintOf(one));
    }
  }
}
