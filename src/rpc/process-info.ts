import { PROCESS_STATE_CODES } from '../model/states.ts';
import type { ProcessView } from '../supervisor/facade.ts';
import type { XmlRpcStruct } from '../xmlrpc/value.ts';
import type { RpcSystem } from './rpc-system.ts';

/** All that a process's struct is made of, besides the time: what compares two of these is in process-infos.ts. */
export type InfoSource = Pick<
  ProcessView,
  | 'name'
  | 'group'
  | 'state'
  | 'pid'
  | 'spawnError'
  | 'exitStatus'
  | 'startedAtMs'
  | 'stoppedAtMs'
  | 'nextRunMs'
  | 'waits'
  | 'logs'
>;

/** Seconds since the epoch as clients get times. */
export const wholeSeconds = (ms: number): number => Math.floor(ms / 1000);

const pad = (value: number): string => String(value).padStart(2, '0');

/** `0:01:40`, `1 day, 2:03:04` of whole seconds; a clock that was set back counts as 0. Source: str(timedelta). */
function renderUptime(seconds: number): string {
  const total = Math.max(seconds, 0);
  const days = Math.floor(total / 86_400);
  const clock = `${Math.floor(total / 3600) % 24}:${pad(Math.floor(total / 60) % 60)}:${pad(total % 60)}`;
  if (days === 0) return clock;
  return `${days} day${days === 1 ? '' : 's'}, ${clock}`;
}

/** One line for people on the state it is in. Source: supervisor/rpcinterface.py _interpretProcessInfo. */
function describe(view: InfoSource, nowMs: number, system: Pick<RpcSystem, 'renderShortTime'>): string {
  if (view.waits.length > 0) return `waits for ${view.waits.join(', ')}`;
  switch (view.state) {
    case 'RUNNING':
      return `pid ${view.pid}, uptime ${renderUptime(wholeSeconds(nowMs) - wholeSeconds(view.startedAtMs))}`;
    case 'FATAL':
    case 'BACKOFF':
      return view.spawnError === '' ? `unknown error (try "tail ${view.name}")` : view.spawnError;
    case 'STOPPED':
    case 'EXITED': {
      const last = wholeSeconds(view.startedAtMs) === 0 ? 'Not started' : system.renderShortTime(view.stoppedAtMs);
      return view.nextRunMs === null ? last : `${last}, next run ${system.renderShortTime(view.nextRunMs)}`;
    }
    default:
      return '';
  }
}

/** getProcessInfo's struct, members in upstream's order; times go on after 2038, where upstream's stand still. */
export function processInfo(view: InfoSource, nowMs: number, system: Pick<RpcSystem, 'renderShortTime'>): XmlRpcStruct {
  const stdout = view.logs.stdout ?? '';
  return {
    name: view.name,
    group: view.group,
    start: wholeSeconds(view.startedAtMs),
    stop: wholeSeconds(view.stoppedAtMs),
    now: wholeSeconds(nowMs),
    state: PROCESS_STATE_CODES[view.state],
    statename: view.state,
    spawnerr: view.spawnError,
    exitstatus: view.exitStatus,
    logfile: stdout,
    stdout_logfile: stdout,
    stderr_logfile: view.logs.stderr ?? '',
    pid: view.pid,
    description: describe(view, nowMs, system),
  };
}
