import { RpcFault } from '../client/errors.ts';
import type { ProcessInfo } from '../client/supervisor-api.ts';
import { FAULT_CODES } from '../model/faults.ts';
import { joinNamespec } from '../model/namespec.ts';
import { PROCESS_STATE_CODES, RUNNING_STATES } from '../model/states.ts';
import type { Controller } from './controller.ts';
import { exitStatusOfResult } from './exit-codes.ts';
import { renderResult, START_WORDING, STOP_WORDING, type Wording } from './results.ts';
import { selectProcesses } from './select.ts';

const UP_CODES: ReadonlySet<number> = new Set([...RUNNING_STATES].map((name) => PROCESS_STATE_CODES[name]));

/** Longer than any ready_timeout should be: the daemon itself gives up sooner. */
const READY_TIMEOUT_S = 600;

/** One stop or start; false when it failed, which is said. */
async function attempt(ctl: Controller, info: ProcessInfo, wording: Wording, ask: () => Promise<unknown>) {
  const entry = { name: info.name, group: info.group, description: 'OK' };
  try {
    await ask();
    ctl.print(renderResult({ ...entry, status: FAULT_CODES.SUCCESS }, wording));
    return true;
  } catch (error) {
    if (!(error instanceof RpcFault)) throw error;
    ctl.print(renderResult({ ...entry, status: error.code, description: error.faultString }, wording));
    ctl.exitStatus = exitStatusOfResult(error.code, null) ?? ctl.exitStatus;
    return false;
  }
}

async function restartOne(ctl: Controller, info: ProcessInfo): Promise<boolean> {
  const id = `${info.group}:${info.name}`;
  const wasUp = UP_CODES.has(info.state);
  if (wasUp && !(await attempt(ctl, info, STOP_WORDING, () => ctl.server.stopProcess(id)))) return false;
  const isStarted = await attempt(ctl, info, START_WORDING, () => ctl.server.startProcess(id));
  return isStarted && waitUntilReady(ctl, info);
}

/** Of a supervisord, which knows no readiness, what runs is ready. */
async function waitUntilReady(ctl: Controller, { group, name }: ProcessInfo): Promise<boolean> {
  const shown = joinNamespec(group, name);
  try {
    if (await ctl.additions.wait(`${group}:${name}`, 'ready', READY_TIMEOUT_S)) return true;
    ctl.fail(`${shown}: ERROR (not ready within ${READY_TIMEOUT_S} s)`);
  } catch (error) {
    if (!(error instanceof RpcFault)) throw error;
    if (error.code === FAULT_CODES.UNKNOWN_METHOD) return true;
    ctl.fail(`${shown}: ERROR (did not become ready)`);
  }
  return false;
}

/** Restarts one process after the other, each only when the one before is ready; a failure leaves the rest as it is. */
export async function restartRolling(ctl: Controller, names: readonly string[]): Promise<void> {
  const { infos, unknown } = selectProcesses(await ctl.server.getAllProcessInfo(), names);
  for (const line of unknown) ctl.fail(line);
  if (unknown.length > 0) return;
  for (const [at, info] of infos.entries()) {
    if (await restartOne(ctl, info)) continue;
    const rest = infos.slice(at + 1).map(({ group, name }) => joinNamespec(group, name));
    if (rest.length > 0) ctl.print(`ERROR: not restarted: ${rest.join(', ')}`);
    return;
  }
}
