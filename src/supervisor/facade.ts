import type { ProcessConfig } from '../config/config.ts';
import type { ProcessStateName, SupervisorStateName } from '../model/states.ts';

export type LogChannel = 'stdout' | 'stderr';

/** One process as clients see it, at one moment. */
export interface ProcessView {
  /** `group:name`. */
  readonly id: string;
  readonly group: string;
  readonly name: string;
  readonly state: ProcessStateName;
  /** 0 when none is alive. */
  readonly pid: number;
  readonly spawnError: string;
  /** It is down and would start without anybody's word: it waits, is to be retried or restarted. */
  readonly comesBack: boolean;
  /** What it waits for before it starts, each as text: `db:ready`. */
  readonly waits: readonly string[];
  /** When its schedule starts it next, in milliseconds since the epoch; null: it has none. */
  readonly nextRunMs: number | null;
  readonly ready: boolean;
  /** `none`: it has no health_check; `starting`: it has yet to answer well. */
  readonly health: 'none' | 'starting' | 'healthy' | 'unhealthy';
  /** What its last check that failed said; '' when it did not. */
  readonly checkDetail: string;
  /** Exit code, -1 after a signal; 0 while it runs, when it never ran, and after a too quick end. */
  readonly exitStatus: number;
  /** Milliseconds since the epoch, of the last start and the last end; 0 for never. */
  readonly startedAtMs: number;
  readonly stoppedAtMs: number;
  /** Paths as configured, AUTO names resolved; null where there is no log. */
  readonly logs: Readonly<Record<LogChannel, string | null>>;
  readonly groupPriority: number;
  readonly config: ProcessConfig;
}

/** One past or present run of a process. */
export interface RunRecord {
  readonly startedAtMs: number;
  /** Null while it runs. */
  readonly endedAtMs: number | null;
  readonly pid: number;
  /** As in the main log: `exit status 1`, `terminated by SIGKILL`, or why it was never spawned; '' while it runs. */
  readonly how: string;
  readonly peakKib: number;
  /**
   * Who asked for the start: `autostart`, `autorestart`, `retry`, `request`, `reload`, `dependent`, `schedule`, `health`,
   * `memory`, `restart_with`.
   */
  readonly askedBy: string;
  /** The newest lines of its output at its end. */
  readonly lastLines: readonly string[];
}

/** Why an order was not carried out; null when it was. */
export type Refusal = { readonly reason: string } | null;

/** Why a command cannot be run, before anything is tried; text is Supervisor's. */
export type CommandProblem = { readonly kind: 'noFile' | 'notExecutable'; readonly text: string } | null;

export interface ReloadDiff {
  readonly added: readonly string[];
  readonly changed: readonly string[];
  readonly removed: readonly string[];
}

/** What a change would do process by process, for people. */
export interface PlannedChange {
  readonly id: string;
  readonly what: 'start' | 'restart' | 'stop' | 'adopt';
  /** Names of the options that differ. */
  readonly options: readonly string[];
}

/** All that clients can ask of the running daemon; names of methods and faults of any protocol are not known here. */
export interface Facade {
  readonly version: string;
  readonly pid: number;
  identifier(): string;
  state(): SupervisorStateName;
  /** Milliseconds since the epoch. */
  nowMs(): number;

  /** By group name, then process name. */
  list(): readonly ProcessView[];
  find(group: string, name: string): ProcessView | undefined;
  hasGroup(group: string): boolean;
  /** Configured groups, whether they run or not, as of the last re-read. */
  configuredGroups(): readonly {
    readonly name: string;
    readonly active: boolean;
    readonly processes: readonly ProcessConfig[];
    readonly priority: number;
  }[];

  checkCommand(id: string): CommandProblem;
  /** Does nothing to a process that is up. */
  start(id: string): void;
  stop(id: string): Refusal;
  /** To the process only, not its group. */
  signal(id: string, signal: number): Refusal;
  /** Calls `listener` after each change of state, until the returned function is called. */
  onChange(id: string, listener: () => void): () => void;
  /** UTF-8. `closed`: its stdin is closed or it has none. */
  sendStdin(id: string, text: string): 'sent' | 'closed';

  /** Reads the configuration again and applies nothing. */
  reread(): { readonly ok: true; readonly diff: ReloadDiff } | { readonly ok: false; readonly message: string };
  /** What applying the configuration that was last read would do. */
  plannedChanges(): readonly PlannedChange[];
  addGroup(name: string): 'added' | 'active' | 'unknown';
  removeGroup(name: string): 'removed' | 'running' | 'unknown';
  /** Gives a program another number of processes until the next re-read; the ones too many are stopped. */
  scale(program: string, processes: number): Refusal;

  mainLogPath(): string | null;
  clearMainLog(): Refusal;
  /** Deletes and reopens the logs of a process. */
  clearLogs(id: string): Refusal;
  /** Reads a log file; null when there is none (ENOENT). Throws Node's error otherwise. */
  readLogFile(path: string, start: number, length: number): Buffer | null;
  /** Bytes; null when there is none. */
  logFileSize(path: string): number | null;
  /** The newest output that is kept in memory, also where no log file is. */
  memoryTail(id: string, channel: LogChannel, bytes: number): Buffer;
  /** Calls back with all that a channel brings from now on, until the returned function is called. */
  followOutput(id: string, channel: LogChannel, listener: (data: Buffer) => void): () => void;
  history(id: string): readonly RunRecord[];

  emitRemoteCommunication(type: string, data: string): void;
  shutdown(): void;
  /** Stops everything and starts over with the configuration as it is then. */
  restart(): void;
  log(level: 'critical' | 'error' | 'warn' | 'info' | 'debug' | 'trace', text: string): void;
}
