import type { MonotonicMs } from '../model/clock.ts';
import type { ExitStatus } from '../model/exit-status.ts';
import type { LogLevel } from '../model/log-level.ts';
import type { ProcessStateName } from '../model/states.ts';

/** What the configuration says about one process, in the core's units. */
export interface ProcessPolicy {
  /** Process name, as the main log prints it. */
  readonly name: string;
  readonly startMs: number;
  readonly startRetries: number;
  readonly autorestart: 'true' | 'false' | 'unexpected';
  readonly exitCodes: readonly number[];
  /** Signal number. */
  readonly stopSignal: number;
  readonly stopWaitMs: number;
  readonly stopAsGroup: boolean;
  readonly killAsGroup: boolean;
}

/** All that is known of one process; replaced as a whole by `step`, never edited. */
export interface ProcessState {
  readonly state: ProcessStateName;
  /** 0 when none is alive. */
  readonly pid: number;
  /** Failed starts in a row ("backoff" upstream, `tries` in events). */
  readonly failures: number;
  /** Of the last start attempt; null when it was never tried. */
  readonly startedAt: MonotonicMs | null;
  /** When this state ends by itself; the only timer there is. */
  readonly deadline: MonotonicMs | null;
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
}

export const INITIAL_STATE: ProcessState = {
  state: 'STOPPED',
  pid: 0,
  failures: 0,
  startedAt: null,
  deadline: null,
  spawnError: '',
  lastExit: null,
  exitCounts: false,
  leaderExit: null,
  killed: false,
};

/** Facts that happened to a process, or were asked for it. */
export type Input =
  | { readonly kind: 'start' }
  | { readonly kind: 'spawned'; readonly pid: number }
  /** `exitCode` is what a shell would give: 127 not found, 126 not executable, 1 otherwise. */
  | { readonly kind: 'spawnFailed'; readonly reason: string; readonly exitCode: number }
  | { readonly kind: 'deadline' }
  /** `groupAlive`: others of its process group are still there. */
  | { readonly kind: 'exited'; readonly status: ExitStatus; readonly groupAlive?: boolean }
  | { readonly kind: 'groupGone' }
  /** `waitMs` shortens stopwaitsecs, also of a stop that is under way. */
  | { readonly kind: 'stop'; readonly waitMs?: number }
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
  | { readonly kind: 'spawn' }
  | { readonly kind: 'kill'; readonly pid: number; readonly signal: number; readonly group: boolean }
  | { readonly kind: 'emit'; readonly change: StateChange }
  | { readonly kind: 'log'; readonly level: LogLevel; readonly text: string }
  | { readonly kind: 'closePipes' }
  /** Name and kill what a stopped process left in its process group. */
  | { readonly kind: 'sweepGroup'; readonly pid: number };

export interface Step {
  readonly next: ProcessState;
  readonly effects: readonly Effect[];
}
