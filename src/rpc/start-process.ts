import { RUNNING_STATES } from '../model/states.ts';
import type { ProcessView } from '../supervisor/facade.ts';
import { RpcFault } from './fault.ts';
import type { CallContext } from './method.ts';
import { waitForChange } from './waiting.ts';

/** True once it runs, undefined while it starts, or waits for others to. */
function started(view: ProcessView | undefined, name: string): true | undefined {
  if (view !== undefined && view.spawnError !== '') throw new RpcFault('SPAWN_ERROR', name);
  if (view?.state === 'RUNNING') return true;
  // Somebody has to see to what it waits for first.
  if (view?.waits.some((wait) => wait.endsWith('(FATAL)'))) throw new RpcFault('ABNORMAL_TERMINATION', name);
  if (view?.state === 'STARTING' || (view !== undefined && view.waits.length > 0)) return undefined;
  throw new RpcFault('ABNORMAL_TERMINATION', name);
}

/**
 * Starts one process; with `wait` the promise lasts until it runs. Faults say `name`, as the client wrote it.
 * Source: supervisor/rpcinterface.py startProcess, the order of its checks included.
 */
export function startProcess(
  context: CallContext,
  view: ProcessView,
  name: string,
  wait: boolean,
): true | Promise<true> {
  const { facade } = context;
  const problem = facade.checkCommand(view.id);
  if (problem !== null) throw new RpcFault(problem.kind === 'noFile' ? 'NO_FILE' : 'NOT_EXECUTABLE', problem.text);
  if (RUNNING_STATES.has(view.state)) throw new RpcFault('ALREADY_STARTED', name);
  if (view.state === 'UNKNOWN') throw new RpcFault('FAILED', `${name} is in an unknown process state`);
  facade.start(view.id);
  const current = () => facade.find(view.group, view.name);
  const after = current();
  if (after !== undefined && after.spawnError !== '') throw new RpcFault('SPAWN_ERROR', name);
  if (!wait || after?.state === 'RUNNING') return true;
  return waitForChange(context, [view.id], () => started(current(), name));
}
