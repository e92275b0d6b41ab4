import { FAULT_CODES } from '../model/faults.ts';
import type { ProcessView } from '../supervisor/facade.ts';
import type { XmlRpcStruct } from '../xmlrpc/value.ts';
import { RpcFault } from './fault.ts';
import type { Outcome } from './method.ts';

function statusOf({ name, group }: ProcessView, fault: RpcFault | null): XmlRpcStruct {
  const status = fault === null ? FAULT_CODES.SUCCESS : fault.code;
  return { name, group, status, description: fault === null ? 'OK' : fault.message };
}

/** The fault that `error` is; anything else is no matter of one process. */
function faultOf(error: unknown): RpcFault {
  if (error instanceof RpcFault) return error;
  throw error;
}

/**
 * Acts on every process, then waits for all that take their time together.
 * One status each: first those known at once, in order, then the others as they come.
 */
export async function collectStatuses(
  views: readonly ProcessView[],
  act: (view: ProcessView) => Outcome,
): Promise<readonly XmlRpcStruct[]> {
  const statuses: XmlRpcStruct[] = [];
  const pending: Promise<unknown>[] = [];
  for (const view of views) {
    try {
      const outcome = act(view);
      if (!(outcome instanceof Promise)) statuses.push(statusOf(view, null));
      else {
        const told = outcome.then(
          () => statuses.push(statusOf(view, null)),
          (error: unknown) => statuses.push(statusOf(view, faultOf(error))),
        );
        pending.push(told);
        // Should a later one throw, nobody is left to wait for these.
        told.catch(() => undefined);
      }
    } catch (error) {
      statuses.push(statusOf(view, faultOf(error)));
    }
  }
  await Promise.all(pending);
  return statuses;
}
