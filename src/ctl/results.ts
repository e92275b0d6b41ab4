import type { StatusEntry } from '../client/supervisor-api.ts';
import { FAULT_CODES, type FaultName } from '../model/faults.ts';
import { joinNamespec } from '../model/namespec.ts';
import { CommandError } from './command-error.ts';

/** What a bulk command says about one result. */
export type Wording = Partial<Record<FaultName, string>> & {
  /** Said after the name when all went well. */
  readonly done: string;
  /** FAILED is told in the server's own words. */
  readonly rawFailure?: true;
};

const NAMES = new Map(Object.entries(FAULT_CODES).map(([name, code]) => [code as number, name as FaultName]));

export const START_WORDING: Wording = {
  done: 'started',
  BAD_NAME: 'no such process',
  NO_FILE: 'no such file',
  NOT_EXECUTABLE: 'file is not executable',
  ALREADY_STARTED: 'already started',
  SPAWN_ERROR: 'spawn error',
  ABNORMAL_TERMINATION: 'abnormal termination',
};

const SIGNAL_FAULTS = {
  BAD_NAME: 'no such process',
  BAD_SIGNAL: 'bad signal name',
  NOT_RUNNING: 'not running',
  rawFailure: true,
} as const;

export const STOP_WORDING: Wording = { ...SIGNAL_FAULTS, done: 'stopped' };
export const SIGNAL_WORDING: Wording = { ...SIGNAL_FAULTS, done: 'signalled' };
export const CLEAR_WORDING: Wording = { done: 'cleared', BAD_NAME: 'no such process', FAILED: 'failed' };

/**
 * One line for one result.
 * @throws CommandError for a code that the command does not know.
 */
export function renderResult(entry: StatusEntry, wording: Wording): string {
  const name = joinNamespec(entry.group, entry.name);
  if (entry.status === FAULT_CODES.SUCCESS) return `${name}: ${wording.done}`;
  if (entry.status === FAULT_CODES.FAILED && wording.rawFailure) return entry.description;
  const fault = NAMES.get(entry.status);
  const text = fault === undefined ? undefined : wording[fault];
  if (text === undefined) throw new CommandError('ValueError', `Unknown result code ${entry.status} for ${name}`);
  return `${name}: ERROR (${text})`;
}
