import type { ProcessConfig } from '../../src/config/config.ts';
import type { LogLevel } from '../../src/model/log-level.ts';
import { STOPPED_STATES, type SupervisorStateName } from '../../src/model/states.ts';
import type { CommandProblem, Facade, PlannedChange, ProcessView, Refusal } from '../../src/supervisor/facade.ts';

/** What a test says of a fake process; the rest is that of a stopped one. */
export interface FakeProcess extends Partial<Omit<ProcessView, 'config' | 'id'>> {
  readonly name: string;
  readonly config?: Partial<ProcessConfig>;
}

const STREAM: ProcessConfig['stdout'] = {
  logfile: { kind: 'none' },
  logfile_maxbytes: 52428800,
  logfile_backups: 10,
  capture_maxbytes: 0,
  events_enabled: false,
  syslog: false,
};

/** As a file without any of these options has them. */
export const LIFECYCLE = {
  oneshot: false,
  depends_on: [],
  restart_with: [],
  ready_check: null,
  ready_timeout: 60,
  health_check: null,
  health_interval: 10,
  health_timeout: 3,
  health_retries: 3,
  health_start_period: 0,
  health_action: 'restart',
  backoff: 'linear',
  backoff_max: null,
  restart_limit: null,
  memory_limit: null,
  schedule: null,
  schedule_overlap: 'skip',
  pre_start: null,
  post_stop: null,
} as const satisfies Partial<ProcessConfig>;

export function fakeConfig(name: string, group: string, changes: Partial<ProcessConfig> = {}): ProcessConfig {
  return {
    ...{ name, group, section: `program:${name}`, program: name, command: '/bin/cat', priority: 999 },
    ...{ autostart: true, autorestart: 'unexpected', startsecs: 1, startretries: 3, exitcodes: [0] },
    stopsignal: [{ signal: 15, waitMs: null }],
    ...LIFECYCLE,
    ...{ stopwaitsecs: 10, stopasgroup: false, killasgroup: false, uid: null, umask: null, directory: null },
    ...{ redirect_stderr: false, stdout: STREAM, stderr: STREAM, environment: {}, serverurl: null },
    ...({ main: false, exit_on_fatal: false, console: 'off', console_prefix: '', log_rate_limit: null } as const),
    ...changes,
  };
}

function fakeView({ name, group = name, config, ...rest }: FakeProcess): ProcessView {
  return {
    ...{ id: `${group}:${name}`, group, name, state: 'STOPPED', pid: 0, spawnError: '', exitStatus: 0 },
    ...({ comesBack: false, nextRunMs: null, waits: [], ready: false, health: 'none', checkDetail: '' } as const),
    ...{ startedAtMs: 0, stoppedAtMs: 0, logs: { stdout: null, stderr: null }, groupPriority: 999 },
    ...rest,
    config: fakeConfig(name, group, config),
  };
}

/** A daemon in memory. Nothing changes by itself: the test says what becomes of each process. */
export class FakeFacade implements Facade {
  readonly version = '9.9.9';
  readonly pid = 4242;
  daemonState: SupervisorStateName = 'RUNNING';
  now = 1_763_690_100_500;
  mainLog: string | null = null;
  rereadAnswer: ReturnType<Facade['reread']> = { ok: true, diff: { added: [], changed: [], removed: [] } };
  planned: readonly PlannedChange[] = [];
  refusal: Refusal = null;
  commandProblem: CommandProblem = null;
  groupAnswers = { add: 'added', remove: 'removed' } as {
    add: ReturnType<Facade['addGroup']>;
    remove: ReturnType<Facade['removeGroup']>;
  };
  stdinAnswer: 'sent' | 'closed' = 'sent';
  /** Thrown by whatever reads a log. */
  readError: Error | null = null;
  memory = '';
  /** What a start, or a stop, makes of a process at once. */
  onStart: Partial<ProcessView> = { state: 'STARTING', pid: 7, spawnError: '' };
  onStop: Partial<ProcessView> = { state: 'STOPPING' };
  readonly files = new Map<string, Buffer>();
  /** Orders in the order in which they came. */
  readonly orders: string[] = [];
  readonly logged: [LogLevel, string][] = [];
  readonly #views = new Map<string, ProcessView>();
  readonly #listeners = new Map<string, Set<() => void>>();

  constructor(processes: readonly FakeProcess[] = []) {
    for (const process of processes) {
      const view = fakeView(process);
      this.#views.set(view.id, view);
    }
  }

  /** Changes a process and tells its listeners. */
  change(id: string, changes: Partial<ProcessView>): void {
    const view = this.#views.get(id);
    if (view === undefined) throw new Error(`no process ${id}`);
    this.#views.set(id, { ...view, ...changes });
    for (const listener of [...(this.#listeners.get(id) ?? [])]) listener();
  }

  /** Takes a process away and tells its listeners. */
  drop(id: string): void {
    this.#views.delete(id);
    for (const listener of [...(this.#listeners.get(id) ?? [])]) listener();
  }

  get listenerCount(): number {
    return [...this.#listeners.values()].reduce((sum, { size }) => sum + size, 0);
  }

  identifier = () => 'fake';
  state = () => this.daemonState;
  nowMs = () => this.now;
  list = () => [...this.#views.values()].sort((a, b) => (`${a.group}\0${a.name}` < `${b.group}\0${b.name}` ? -1 : 1));
  find = (group: string, name: string) => this.#views.get(`${group}:${name}`);
  hasGroup = (group: string) => [...this.#views.values()].some((view) => view.group === group);

  configuredGroups(): ReturnType<Facade['configuredGroups']> {
    const views = [...this.#views.values()];
    return [...new Set(views.map(({ group }) => group))].map((name) => {
      const members = views.filter(({ group }) => group === name);
      const processes = members.map(({ config }) => config);
      return { name, active: true, processes, priority: members[0]?.groupPriority ?? 999 };
    });
  }

  checkCommand = () => this.commandProblem;
  start(id: string): void {
    this.orders.push(`start ${id}`);
    if (STOPPED_STATES.has(this.#views.get(id)?.state ?? 'STOPPING')) this.change(id, this.onStart);
  }
  stop(id: string): Refusal {
    this.orders.push(`stop ${id}`);
    if (this.refusal === null) this.change(id, this.onStop);
    return this.refusal;
  }
  signal(id: string, signal: number): Refusal {
    this.orders.push(`signal ${id} ${signal}`);
    return this.refusal;
  }
  onChange(id: string, listener: () => void): () => void {
    const known = this.#listeners.get(id) ?? new Set();
    this.#listeners.set(id, known.add(listener));
    return () => known.delete(listener);
  }
  sendStdin(id: string, text: string): 'sent' | 'closed' {
    this.orders.push(`stdin ${id} ${text}`);
    return this.stdinAnswer;
  }
  reread = () => this.rereadAnswer;
  plannedChanges = () => this.planned;
  addGroup = () => this.groupAnswers.add;
  removeGroup = () => this.groupAnswers.remove;
  scale(program: string, processes: number): Refusal {
    this.orders.push(`scale ${program} ${processes}`);
    return this.refusal;
  }
  mainLogPath = () => this.mainLog;
  clearMainLog = () => this.refusal;
  clearLogs(id: string): Refusal {
    this.orders.push(`clear ${id}`);
    return this.refusal;
  }
  readLogFile(path: string, start: number, length: number): Buffer | null {
    if (this.readError !== null) throw this.readError;
    return this.files.get(path)?.subarray(start, start + length) ?? null;
  }
  logFileSize(path: string): number | null {
    if (this.readError !== null) throw this.readError;
    return this.files.get(path)?.length ?? null;
  }
  memoryTail = (_id: string, _channel: string, bytes: number) => Buffer.from(this.memory).subarray(-bytes);
  followOutput = () => () => undefined;
  history = () => [
    {
      ...{ startedAtMs: 1_000_000, endedAtMs: 2_000_000, pid: 5, how: 'exit status 1', peakKib: 640 },
      ...{ askedBy: 'autostart', lastLines: ['bye'] },
    },
  ];
  emitRemoteCommunication(type: string, data: string): void {
    this.orders.push(`event ${type} ${data}`);
  }
  shutdown(): void {
    this.orders.push('shutdown');
  }
  restart(): void {
    this.orders.push('restart');
  }
  log(level: LogLevel, text: string): void {
    this.logged.push([level, text]);
  }
}

/** Time that passes when a test says so. */
export class FakeTime {
  #nowMs = 0;
  #tasks: { readonly atMs: number; readonly task: () => void }[] = [];

  get pending(): number {
    return this.#tasks.length;
  }

  after = (delayMs: number, task: () => void): (() => void) => {
    const entry = { atMs: this.#nowMs + delayMs, task };
    this.#tasks.push(entry);
    return () => {
      this.#tasks = this.#tasks.filter((other) => other !== entry);
    };
  };

  advance(ms: number): void {
    const endMs = this.#nowMs + ms;
    for (;;) {
      const [next] = this.#tasks.filter(({ atMs }) => atMs <= endMs).sort((a, b) => a.atMs - b.atMs);
      if (next === undefined) break;
      this.#tasks = this.#tasks.filter((other) => other !== next);
      this.#nowMs = next.atMs;
      next.task();
    }
    this.#nowMs = endMs;
  }
}
