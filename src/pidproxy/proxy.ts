import { type ExitStatus, shellExitStatus } from '../model/exit-status.ts';
import { SIGNAL_NUMBERS } from '../model/signals.ts';
import type { Pidfile, ProcessIdentity } from './pidfile.ts';

/** Handed on to the process in the pidfile. Source: supervisor/pidproxy.py setsignals. */
export const FORWARDED_SIGNALS = ['SIGTERM', 'SIGHUP', 'SIGINT', 'SIGUSR1', 'SIGUSR2', 'SIGQUIT'] as const;

export type ForwardedSignal = (typeof FORWARDED_SIGNALS)[number];

const STOP_SIGNALS: ReadonlySet<ForwardedSignal> = new Set(['SIGTERM', 'SIGINT', 'SIGQUIT']);

/** For a command that watches over its daemon to end after it, as mysqld_safe does. */
const COMMAND_GRACE_MS = 2000;
/** How often and how long a pidfile is looked for that the daemon has yet to write. */
const TAKEOVER_CHECK_MS = 1000;
const TAKEOVER_MS = 60_000;

export interface ProxyHost {
  readonly pidfile: Pick<Pidfile, 'read' | 'path'>;
  /** Start of this process, in clock ticks. */
  readonly ownStartTicks: number;
  readonly monotonicMs: () => number;
  /** '' or the errno's name. */
  readonly kill: (pid: number, signal: number) => string;
  readonly isAlive: (process: ProcessIdentity) => boolean;
  /** Pids of living children, adopted ones included. */
  readonly children: () => readonly number[];
  /** Takes the statuses of children that have ended, and hands each to `handleExit` before it returns. */
  readonly reap: () => void;
  /** Calls `settle` once the process has ended. */
  readonly watch: (process: ProcessIdentity) => void;
  /** Calls `settle` then, in milliseconds of the monotonic clock, in place of the time before. */
  readonly wakeAt: (deadline: number | null) => void;
  /** A line on stdout, where upstream writes. */
  readonly say: (line: string) => void;
  readonly warn: (line: string) => void;
  readonly exit: (status: number) => void;
}

/**
 * Stands for a daemon that runs on its own: lives as long as the command and then the process in the pidfile, and hands
 * signals on. It adopts orphans, so a daemon that leaves its parent comes to it and its exit status is known.
 */
export class PidProxy {
  readonly #host: ProxyHost;
  readonly #commandPid: number;
  #commandStatus: ExitStatus | null = null;
  #commandEndedMs = 0;
  #daemon: ProcessIdentity | null = null;
  #daemonStatus: ExitStatus | null = null;
  #hadDaemon = false;
  #lastOrphan: ExitStatus | null = null;
  #stopSignal: number | null = null;
  #hurryAtMs: number | null = null;

  constructor(host: ProxyHost, commandPid: number) {
    this.#host = host;
    this.#commandPid = commandPid;
  }

  handleSignal(name: ForwardedSignal): void {
    const signal = SIGNAL_NUMBERS[name];
    const stops = STOP_SIGNALS.has(name);
    if (stops) this.#stopSignal = signal;
    if (!this.#signalDaemon(signal) && stops) this.#signalSubstitute(signal);
    this.settle();
  }

  /** A child ended: the command, or an orphan. `settle` is to follow once all that ended with it are known. */
  handleExit(pid: number, status: ExitStatus): void {
    if (pid === this.#commandPid && this.#commandStatus === null) {
      this.#commandStatus = status;
      this.#commandEndedMs = this.#host.monotonicMs();
    } else if (this.#commandStatus !== null) this.#recordOrphan(pid, status);
  }

  /** Looks at what is alive, and ends when nothing is that has to be waited for. */
  settle(): void {
    if (this.#commandStatus === null) {
      this.#settleWithCommand();
      return;
    }
    const reading = this.#host.pidfile.read();
    if (reading.kind === 'running' && this.#isSuccessor(reading.process)) this.#follow(reading.process);
    if (this.#daemon !== null) {
      if (this.#host.isAlive(this.#daemon)) this.#host.wakeAt(null);
      else this.#end();
    } else if (!this.#awaitsDaemon()) this.#end();
  }

  /** Whoever was found gone may have left its status this very moment. */
  #end(): void {
    this.#host.reap();
    if (this.#daemon !== null) this.#exit(this.#daemonStatus, this.#daemon);
    else this.#exit(this.#lastOrphan ?? this.#commandStatus, null);
  }

  #settleWithCommand(): void {
    if (this.#daemon !== null && !this.#host.isAlive(this.#daemon)) {
      this.#daemon = null;
      // Nothing more is known to stop; a command that goes on for itself is asked too, after a while.
      if (this.#stopSignal !== null) this.#hurryAtMs ??= this.#host.monotonicMs() + COMMAND_GRACE_MS;
    }
    if (this.#hurryAtMs === null || this.#stopSignal === null) return;
    if (this.#host.monotonicMs() >= this.#hurryAtMs) {
      this.#host.kill(this.#commandPid, this.#stopSignal);
      this.#hurryAtMs = null;
    }
    this.#host.wakeAt(this.#hurryAtMs);
  }

  /** Whether the daemon may be there and have yet to write its pidfile, as nginx does after its parent has ended. */
  #awaitsDaemon(): boolean {
    const { children, monotonicMs, wakeAt } = this.#host;
    const endedWell = this.#commandStatus?.kind === 'code' && this.#commandStatus.code === 0;
    if (this.#hadDaemon || !(endedWell || this.#stopSignal !== null) || children().length === 0) return false;
    const now = monotonicMs();
    wakeAt(now < this.#commandEndedMs + TAKEOVER_MS ? now + TAKEOVER_CHECK_MS : null);
    return true;
  }

  /** One that was there before, and that a failed command found in its way, is none of ours. */
  #isSuccessor(process: ProcessIdentity): boolean {
    const failed = this.#commandStatus?.kind !== 'code' || this.#commandStatus.code !== 0;
    return !failed || this.#hadDaemon || process.startTicks >= this.#host.ownStartTicks;
  }

  #follow(process: ProcessIdentity): void {
    if (this.#daemon?.pid === process.pid && this.#daemon.startTicks === process.startTicks) return;
    this.#daemon = process;
    this.#daemonStatus = null;
    this.#hadDaemon = true;
    if (process.pid !== this.#commandPid) this.#host.watch(process);
  }

  #recordOrphan(pid: number, status: ExitStatus): void {
    this.#lastOrphan = status;
    if (this.#daemon === null) {
      const reading = this.#host.pidfile.read();
      // It wrote its pidfile and ended before we looked.
      if (reading.kind === 'stale' && reading.pid === pid) this.#daemon = { pid, startTicks: 0 };
    }
    if (this.#daemon?.pid === pid) this.#daemonStatus = status;
  }

  #signalDaemon(signal: number): boolean {
    const { pidfile, kill, say, warn } = this.#host;
    const reading = pidfile.read();
    if (reading.kind === 'unreadable') {
      say(`Can't read child pidfile ${pidfile.path}!`);
      return false;
    }
    if (reading.kind === 'stale') {
      warn(`cannot use pidfile ${pidfile.path}: ${reading.why}`);
      return false;
    }
    const errno = kill(reading.process.pid, signal);
    if (errno === '') this.#follow(reading.process);
    else warn(`cannot signal process ${reading.process.pid} from ${pidfile.path}: ${errno}`);
    return errno === '';
  }

  /** A daemon removes its pidfile while it still shuts down, and has none yet while it starts. */
  #signalSubstitute(signal: number): void {
    const { isAlive, kill, children } = this.#host;
    if (this.#daemon !== null && isAlive(this.#daemon)) kill(this.#daemon.pid, signal);
    else if (this.#commandStatus === null) kill(this.#commandPid, signal);
    else for (const pid of children()) kill(pid, signal);
  }

  /** 0 when it ended as it was asked to, as upstream gives; else the status as a shell gives it. */
  #exit(status: ExitStatus | null, daemon: ProcessIdentity | null): void {
    if (this.#stopSignal !== null && (status === null || this.#wasStopped(status))) this.#host.exit(0);
    else if (status !== null) this.#host.exit(shellExitStatus(status));
    else {
      this.#host.warn(`cannot tell how process ${daemon?.pid} ended: it was no child of ours`);
      this.#host.exit(1);
    }
  }

  #wasStopped(status: ExitStatus): boolean {
    return status.kind === 'signal' && status.signal === this.#stopSignal;
  }
}
