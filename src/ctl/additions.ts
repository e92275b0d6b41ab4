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
