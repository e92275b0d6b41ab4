import { RUNNING_STATES, STOPPED_STATES } from '../model/states.ts';
import type { ProcessView } from '../supervisor/facade.ts';
import { RpcFault } from './fault.ts';
import type { CallContext } from './method.ts';
import { waitForChange } from './waiting.ts';

/**
 * Stops one process, or keeps one that is down from coming back; with `wait` the promise lasts until it is down, however long. Faults say `name`, as the client wrote it.
 * Source: supervisor/rpcinterface.py stopProcess.
 */
export function stopProcess(
  context: CallContext,
  view: ProcessView,
  name: string,
  wait: boolean,
): true | Promise<true> {
  const { facade, stopReports } = context;
  if (!RUNNING_STATES.has(view.state) && !view.comesBack) throw new RpcFault('NOT_RUNNING', name);
  const refusal = facade.stop(view.id);
  if (refusal !== null) throw new RpcFault('FAILED', refusal.reason);
  const isDown = (): true | undefined => {
    const now = facade.find(view.group, view.name);
    return now === undefined || (STOPPED_STATES.has(now.state) && !now.comesBack) ? true : undefined;
  };
  if (!wait || isDown()) return true;
  const endReport = stopReports.begin(view.id, view.name);
  return waitForChange(context, [view.id], isDown).finally(endReport);
}
