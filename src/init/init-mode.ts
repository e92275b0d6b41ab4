import type { Clock } from '../model/clock.ts';
import { decodeExitStatus, type ExitStatus, renderExitStatus, shellExitStatus } from '../model/exit-status.ts';
import { SIGNAL_NUMBERS, signalName } from '../model/signals.ts';
import { isSystemError } from '../os/fds.ts';
import type { Native } from '../os/native.ts';
import { type ListedProcess, renderProcesses } from '../os/process-table.ts';
import type { InitOptions } from './command-line.ts';
import { commandPaths, failureStatus, renderFailure } from './command-paths.ts';
import { type Arrival, isStopSignal, type Order, planForwarding } from './forwarding.ts';
import { JobControl } from './job-control.ts';

const { SIGINT, SIGQUIT, SIGTERM, SIGCONT, SIGRTMAX } = SIGNAL_NUMBERS;
const STDERR = 2;
/** Numbers an arrival and numbers a child that the addon writes. */
const ARRIVAL_FIELDS = 3;
const CHILD_FIELDS = 4;
const CHILDREN_AT_ONCE = 256;
const KIND_STOPPED = 3;
/** For the rest of the command's group, after it was asked to end. */
const GROUP_GRACE_MS = 2000;
const FAILED = 1;

/** From which verbosity on it is told. */
type Level = 'fatal' | 'warning' | 'info' | 'debug';
const LEVELS: Readonly<Record<Level, number>> = { fatal: 0, warning: 1, info: 2, debug: 3 };

export interface InitHost {
  readonly native: Native;
  readonly clock: Pick<Clock, 'monotonicMs'>;
  readonly pid: number;
  /** Stands before each message. */
  readonly program: string;
  /** The command's words and PATH, one byte a character. */
  readonly words: readonly string[];
  readonly path: string | undefined;
  /** Signals that came before there was anybody to keep them. */
  readonly missedSignals: readonly number[];
  readonly sharesGroup: (group: number) => boolean;
  readonly fileExists: (path: string) => boolean;
  /** Living children, null when that cannot be found out. */
  readonly children: () => readonly ListedProcess[] | null;
  /** So that no file system is kept from being unmounted. */
  readonly leaveDirectory: () => void;
}

const nameOf = (signal: number): string => signalName(signal) ?? `signal ${signal}`;

/** Runs one command as an init does, without the event loop: nothing wakes it up but signals. */
export class InitMode {
  readonly #host: InitHost;
  readonly #options: InitOptions;
  readonly #jobs: JobControl | null;
  readonly #arrivals = new Int32Array(SIGRTMAX * ARRIVAL_FIELDS);
  readonly #ended = new Int32Array(CHILDREN_AT_ONCE * CHILD_FIELDS);
  #command = 0;
  #status: ExitStatus | null = null;
  #forwardedStop = false;

  constructor(host: InitHost, options: InitOptions) {
    this.#host = host;
    this.#options = options;
    this.#jobs = options.delivery === 'shared' ? null : new JobControl(host);
  }

  /** Returns the exit status when all is over. */
  run(): number {
    const status = this.#prepare() ?? this.#start() ?? this.#attend();
    return this.#options.successStatuses.has(status) ? 0 : status;
  }

  /** An exit status if it fails. */
  #prepare(): number | null {
    const { native, pid } = this.#host;
    const { pdeathsig, needsSubreaper } = this.#options;
    try {
      if (pdeathsig !== null) native.setPdeathsig(pdeathsig);
    } catch (error) {
      return this.#fail('cannot ask for a signal at the death of the parent', error);
    }
    try {
      if (needsSubreaper || pid !== 1) native.setChildSubreaper();
    } catch (error) {
      // EINVAL: a kernel before 3.4.
      if (needsSubreaper) return this.#fail('cannot become a subreaper', error);
    }
    return null;
  }

  #start(): number | null {
    const { native, words, path, fileExists, leaveDirectory } = this.#host;
    const paths = commandPaths(words[0] ?? '', path);
    try {
      const terminal = this.#jobs?.terminalForStart ?? -1;
      const { pid, failure } = native.spawnCommand(paths, words, this.#jobs !== null, terminal);
      this.#command = pid;
      this.#jobs?.start(pid);
      if (failure !== undefined) {
        this.#say('fatal', renderFailure(this.#options.command[0] ?? '', failure.errno, paths.some(fileExists)));
        this.#jobs?.handleEnd();
        return failureStatus(failure.errno);
      }
    } catch (error) {
      return this.#fail(`cannot start ${this.#options.command[0]}`, error);
    }
    this.#say('info', `started ${this.#options.command[0]} with pid ${this.#command}`);
    leaveDirectory();
    return null;
  }

  #attend(): number {
    for (const signal of this.#host.missedSignals) this.#forward({ signal, fromProcesses: 1, fromKernel: 0 });
    while (this.#status === null) {
      for (const arrival of this.#wait(-1)) this.#forward(arrival);
      this.#reap();
    }
    this.#say('info', `${this.#options.command[0]} ended: ${renderExitStatus(this.#status)}`);
    this.#jobs?.handleEnd();
    if (this.#options.delivery === 'group') this.#endGroup();
    this.#tellOfLeftovers();
    return shellExitStatus(this.#status);
  }

  #wait(timeoutMs: number): Arrival[] {
    const count = this.#host.native.waitSignals(this.#arrivals, timeoutMs);
    return Array.from({ length: count }, (_, index) => {
      const [signal = 0, fromProcesses = 0, fromKernel = 0] = this.#arrivals.subarray(index * ARRIVAL_FIELDS);
      return { signal, fromProcesses, fromKernel };
    });
  }

  #forward(arrival: Arrival): void {
    if (arrival.signal === SIGCONT) {
      this.#forwardedStop = false;
      if (this.#jobs?.handleContinue() === true) return;
    }
    for (const order of planForwarding(arrival, this.#options)) this.#obey(order, arrival.signal);
  }

  #obey(order: Order, arrived: number): void {
    const { native } = this.#host;
    if (order.kind === 'stop') {
      native.stopSelf(order.signal, false);
      return;
    }
    if (isStopSignal(order.signal)) this.#forwardedStop = true;
    const error = native.kill(order.toGroup ? -this.#command : this.#command, order.signal);
    const instead = arrived === order.signal ? '' : ` for ${nameOf(arrived)}`;
    this.#say('debug', `${nameOf(order.signal)}${instead} sent to ${order.toGroup ? 'group ' : ''}${this.#command}`);
    // ESRCH: it has just ended.
    if (error !== '' && error !== 'ESRCH') this.#say('warning', `cannot send ${nameOf(order.signal)}: ${error}`);
  }

  #reap(): void {
    for (let count = CHILDREN_AT_ONCE; count === CHILDREN_AT_ONCE; ) {
      count = this.#host.native.reapOrStopped(this.#ended);
      const taken = this.#ended.slice(0, count * CHILD_FIELDS);
      for (let at = 0; at < taken.length; at += CHILD_FIELDS) {
        const [pid = 0, value = 0, kind = 0] = taken.subarray(at);
        if (kind === KIND_STOPPED) this.#handleStop(pid, value);
        else this.#handleExit(pid, decodeExitStatus(value, kind));
      }
    }
  }

  #handleStop(pid: number, signal: number): void {
    if (pid !== this.#command) return;
    const forwarded = this.#forwardedStop;
    this.#forwardedStop = false;
    this.#say('debug', `${this.#options.command[0]} was stopped by ${nameOf(signal)}`);
    this.#jobs?.handleStop(signal, forwarded);
  }

  #handleExit(pid: number, status: ExitStatus): void {
    if (pid === this.#command) this.#status ??= status;
    else this.#say(this.#options.warnsOfOrphans ? 'warning' : 'debug', `reaped ${pid} (${renderExitStatus(status)})`);
  }

  /** The rest of the group is asked to end too, and gets a moment for it; who asks for an end meanwhile does not wait. */
  #endGroup(): void {
    const { native, clock } = this.#host;
    const isThere = (signal: number) => native.kill(-this.#command, signal) === '';
    if (!isThere(SIGTERM)) return;
    isThere(SIGCONT);
    const endMs = clock.monotonicMs() + GROUP_GRACE_MS;
    for (let leftMs = GROUP_GRACE_MS; leftMs > 0 && isThere(0); leftMs = Math.ceil(endMs - clock.monotonicMs())) {
      const arrivals = this.#wait(leftMs);
      for (const arrival of arrivals) this.#forward(arrival);
      if (arrivals.some(({ signal }) => signal === SIGTERM || signal === SIGINT || signal === SIGQUIT)) return;
      this.#reap();
    }
  }

  /** With PID 1 all of its namespace ends. */
  #tellOfLeftovers(): void {
    const { pid, children } = this.#host;
    const left = children() ?? [];
    if (left.length === 0) return;
    if (pid === 1) this.#say('info', `killed with this container: ${renderProcesses(left)}`);
    else this.#say('warning', `left running: ${renderProcesses(left)}`);
  }

  #fail(what: string, error: unknown): number {
    if (!isSystemError(error)) throw error;
    this.#say('fatal', `${what}: ${error.code}`);
    return FAILED;
  }

  #say(level: Level, text: string): void {
    if (this.#options.verbosity < LEVELS[level]) return;
    // What nobody reads is not told: a full pipe must not hold signals up.
    this.#host.native.tell(STDERR, `${this.#host.program}: ${text}\n`);
  }
}
