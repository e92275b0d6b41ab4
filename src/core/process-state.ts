import type { MonotonicMs } from '../model/clock.ts';
import type { ExitStatus } from '../model/exit-status.ts';
import type { LogLevel } from '../model/log-level.ts';
import { type ProcessStateName, STOPPED_STATES } from '../model/states.ts';

/** What the configuration says about one process, in the core's units. */
export interface ProcessPolicy {
  /** Process name, as the main log prints it. */
  readonly name: string;
  readonly startMs: number;
  readonly startRetries: number;
  readonly autorestart: 'true' | 'false' | 'unexpected';
  readonly exitCodes: readonly number[];
  /** At least one; SIGKILL comes after the last one's time. */
  readonly stopSteps: readonly StopStep[];
  readonly stopAsGroup: boolean;
  readonly killAsGroup: boolean;
  /** An unexpected end is a failed start, however long it ran. */
  readonly oneshot: boolean;
  readonly backoff: 'linear' | 'exponential';
  /** The longest delay; null: none. */
  readonly backoffMaxMs: number | null;
  /** More ends than `count` within `windowMs` are too many; null: never. */
  readonly restartLimit: { readonly count: number; readonly windowMs: number } | null;
  readonly hasPreStart: boolean;
  readonly hasPostStop: boolean;
}

/** A signal number, and the milliseconds until the next. */
export interface StopStep {
  readonly signal: number;
  readonly waitMs: number;
}

/** Milliseconds from the first stop signal to SIGKILL. */
export function stopTimeMs({ stopSteps }: Pick<ProcessPolicy, 'stopSteps'>): number {
  return stopSteps.reduce((sum, { waitMs }) => sum + waitMs, 0);
}

/** What a process is made for: the program itself, or a command before or after it. */
export type Task = 'program' | 'pre_start' | 'post_stop';

/** All that is known of one process; replaced as a whole by `step`, never edited. */
export interface ProcessState {
  readonly state: ProcessStateName;
  /** Of what `task` says; 0 when none is alive. */
  readonly pid: number;
  /** The program's own, of its last run too. */
  readonly programPid: number;
  /** `post_stop` in whatever state the program's end has led to, until that command has ended. */
  readonly task: Task;
  /** It is to start as soon as others let it. */
  readonly wantsStart: boolean;
  /** Failed starts in a row ("backoff" upstream, `tries` in events). */
  readonly failures: number;
  /** Ends in a row without a stable run between them; for the exponential backoff. */
  readonly crashes: number;
  /** Newest ends within the restart limit's window, at most one more than the limit. */
  readonly ends: readonly MonotonicMs[];
  /** There were more ends than the restart limit allows. */
  readonly spent: boolean;
  /** Of the last start attempt; null when it was never tried. */
  readonly startedAt: MonotonicMs | null;
  /** When this state ends by itself; the only timer there is. */
  readonly deadline: MonotonicMs | null;
  /** The deadline that a post_stop command holds up. */
  readonly resumeAt: MonotonicMs | null;
  /** Why the last start failed or the last run ended badly; '' when it did not. */
  readonly spawnError: string;
  /** How the last run ended, too-quick ends and failed spawns (126, 127 as in a shell) included. */
  readonly lastExit: ExitStatus | null;
  /** False while running, never run, or when the end was too quick: clients are told 0 then. */
  readonly exitCounts: boolean;
  /** While STOPPING: how the process itself ended, when others of its process group are still there. */
  readonly leaderExit: ExitStatus | null;
  /** While STOPPING: its time is over, SIGKILL has been sent. */
  readonly killed: boolean;
  /** While STOPPING: which of the stop signals was sent last, and how much their times are shortened (1: not at all). */
  readonly stopStep: number;
  readonly stopScale: number;
  /** While STOPPING: what is to come of it then. `retry`: this was a start that failed. */
  readonly comeback: 'none' | 'restart' | 'retry';
}

export const INITIAL_STATE: ProcessState = {
  state: 'STOPPED',
  pid: 0,
  programPid: 0,
  task: 'program',
  wantsStart: false,
  failures: 0,
  crashes: 0,
  ends: [],
  spent: false,
  startedAt: null,
  deadline: null,
  resumeAt: null,
  spawnError: '',
  lastExit: null,
  exitCounts: false,
  leaderExit: null,
  killed: false,
  stopStep: 0,
  stopScale: 1,
  comeback: 'none',
};

/** Whether nothing of it runs any more; what is UNKNOWN may still, but nobody can wait for it. */
export function isDown({ state, task }: ProcessState): boolean {
  return STOPPED_STATES.has(state) && (task === 'program' || state === 'UNKNOWN');
}

/** It would come back by itself, or is to start. */
export function hasStartAhead({ state, deadline, wantsStart, resumeAt, task }: ProcessState): boolean {
  if (state === 'STARTING' || state === 'RUNNING' || state === 'STOPPING') return false;
  const due = task === 'program' ? deadline : resumeAt;
  return state === 'BACKOFF' || wantsStart || due !== null;
}

/** Facts that happened to a process, or were asked for it. */
export type Input =
  | { readonly kind: 'start' }
  /** Nothing keeps it from starting: the answer to `startWanted`. */
  | { readonly kind: 'admitted' }
  | { readonly kind: 'spawned'; readonly pid: number }
  /** `exitCode` is what a shell would give: 127 not found, 126 not executable, 1 otherwise. */
  | { readonly kind: 'spawnFailed'; readonly reason: string; readonly exitCode: number }
  | { readonly kind: 'deadline' }
  /** `groupAlive`: others of its process group are still there. */
  | { readonly kind: 'exited'; readonly status: ExitStatus; readonly groupAlive?: boolean }
  | { readonly kind: 'groupGone' }
  /**
   * `waitMs` shortens the time of all stop signals together, also of a stop that is under way. `comeback`: it is
   * stopped to start again, at once or as one that failed to start.
   */
  | { readonly kind: 'stop'; readonly waitMs?: number; readonly comeback?: 'restart' | 'retry'; readonly why?: string }
  | { readonly kind: 'killDemanded' }
  | { readonly kind: 'killFailed'; readonly errno: string }
  | { readonly kind: 'shutdownBegan' };

/** A change of state as event listeners are told it; values are those of the moment. */
export interface StateChange {
  readonly state: ProcessStateName;
  readonly from: ProcessStateName;
  readonly pid: number;
  readonly tries: number;
  /** Meaningful for EXITED. */
  readonly expected: boolean;
}

/** Orders to the shell, run in order. */
export type Effect =
  /** It would start now: to be answered by `admitted`, sooner or later. */
  | { readonly kind: 'startWanted' }
  | { readonly kind: 'spawn'; readonly task: Task }
  | { readonly kind: 'kill'; readonly pid: number; readonly signal: number; readonly group: boolean }
  | { readonly kind: 'emit'; readonly change: StateChange }
  | { readonly kind: 'log'; readonly level: LogLevel; readonly text: string }
  | { readonly kind: 'closePipes'; readonly task: Task }
  /** Name and kill what a stopped process left in its process group. */
  | { readonly kind: 'sweepGroup'; readonly pid: number };

export interface Step {
  readonly next: ProcessState;
  readonly effects: readonly Effect[];
}
