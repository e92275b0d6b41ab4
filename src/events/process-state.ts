import type { StateChange } from '../core/process-state.ts';
import type { EventName } from '../model/event-types.ts';
import type { ProcessStateName } from '../model/states.ts';

/** Event of a change to `state`. */
export function processStateEvent(state: ProcessStateName): EventName {
  return `PROCESS_STATE_${state}`;
}

/** What of a change its event tells, beyond names and the state before. Source: supervisor/events.py. */
const EXTRA: Readonly<Record<ProcessStateName, (change: StateChange) => string>> = {
  STARTING: ({ tries }) => ` tries:${tries}`,
  BACKOFF: ({ tries }) => ` tries:${tries}`,
  RUNNING: ({ pid }) => ` pid:${pid}`,
  STOPPING: ({ pid }) => ` pid:${pid}`,
  STOPPED: ({ pid }) => ` pid:${pid}`,
  EXITED: ({ pid, expected }) => ` expected:${expected ? 1 : 0} pid:${pid}`,
  FATAL: () => '',
  UNKNOWN: () => '',
};

/** Payload of PROCESS_STATE_x. */
export function renderStateChange(process: string, group: string, change: StateChange): string {
  return `processname:${process} groupname:${group} from_state:${change.from}${EXTRA[change.state](change)}`;
}
