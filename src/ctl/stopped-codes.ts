import { PROCESS_STATE_CODES, STOPPED_STATES } from '../model/states.ts';

/** Codes of the states in which no process is alive and none is being started. */
export const STOPPED_CODES: ReadonlySet<number> = new Set([...STOPPED_STATES].map((name) => PROCESS_STATE_CODES[name]));
