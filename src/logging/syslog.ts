import type { Clock, MonotonicMs } from '../model/clock.ts';
import type { Log } from '../model/log-level.ts';
import { isSystemError } from '../os/fds.ts';
import { createSyslogTimeRenderer } from '../os/local-time.ts';
import type { Native } from '../os/native.ts';

const PATH = '/dev/log';
/** Facility user, severity info. Source: RFC 3164 and syslog(3). */
const PRIORITY = 14;
/** Bytes kept while the other side is busy. */
const QUEUE_BYTES = 256 * 1024;
const RETRY_BUSY_MS = 10;
const RETRY_ABSENT_MS = 1000;

export interface SyslogContext {
  readonly native: Pick<Native, 'connectDatagram' | 'sendDatagram' | 'close'>;
  readonly clock: Clock;
  /** What stands before the colon, as programs stand under their names in syslog. */
  readonly ident: string;
  readonly log: Log;
  /** Runs `task` once, so many milliseconds from now. */
  readonly runAfter: (delayMs: number, task: () => void) => void;
  readonly path?: string;
}

/**
 * Sends lines to the local syslog daemon and never waits for it: while it is busy a bounded number of bytes is kept,
 * beyond that, and while there is none, lines are dropped; both is said once and again when it is over.
 */
export class Syslog {
  readonly #context: SyslogContext;
  readonly #renderTime = createSyslogTimeRenderer();
  #fd: number | null = null;
  #triedAt: MonotonicMs = -RETRY_ABSENT_MS;
  #failing = false;
  #lost = 0;
  #queue: Buffer[] = [];
  #queuedBytes = 0;

  constructor(context: SyslogContext) {
    this.#context = context;
  }

  /** One message; its text may be any bytes but a newline. */
  send(text: Uint8Array): void {
    const { clock, ident } = this.#context;
    const head = `<${PRIORITY}>${this.#renderTime(clock.wallMs())} ${ident}: `;
    const message = Buffer.concat([Buffer.from(head), text]);
    if (this.#queue.length > 0) this.#keep(message);
    else this.#deliver(message);
  }

  #deliver(message: Buffer): void {
    const error = this.#try(message);
    if (error === '') this.#recover();
    else if (error === 'EAGAIN' || error === 'ENOBUFS') this.#keep(message);
    else this.#lose(error);
  }

  /** '' or the error's name; the daemon may have been restarted since the last message. */
  #try(message: Buffer): string {
    const { native } = this.#context;
    if (this.#fd !== null) {
      const error = native.sendDatagram(this.#fd, message);
      if (error === '' || error === 'EAGAIN' || error === 'ENOBUFS' || error === 'EMSGSIZE') return error;
      native.close(this.#fd);
      this.#fd = null;
      this.#triedAt = -RETRY_ABSENT_MS;
    }
    const error = this.#connect();
    return error === '' && this.#fd !== null ? native.sendDatagram(this.#fd, message) : error;
  }

  #connect(): string {
    const now = this.#context.clock.monotonicMs();
    if (now - this.#triedAt < RETRY_ABSENT_MS) return 'ENOTCONN';
    this.#triedAt = now;
    try {
      this.#fd = this.#context.native.connectDatagram(this.#context.path ?? PATH);
      return '';
    } catch (error) {
      if (!isSystemError(error)) throw error;
      return error.code;
    }
  }

  #keep(message: Buffer): void {
    if (this.#queuedBytes + message.length > QUEUE_BYTES) {
      this.#lose('EAGAIN');
      return;
    }
    this.#queue.push(message);
    this.#queuedBytes += message.length;
    if (this.#queue.length === 1) this.#context.runAfter(RETRY_BUSY_MS, () => this.#sendQueued());
  }

  #sendQueued(): void {
    const queue = this.#queue;
    this.#queue = [];
    this.#queuedBytes = 0;
    // Once one is kept again, those after it follow it into the queue.
    for (const message of queue) {
      if (this.#queue.length > 0) this.#keep(message);
      else this.#deliver(message);
    }
  }

  // The state is set before anything is logged: the main log may lead here itself.
  #lose(error: string): void {
    this.#lost += 1;
    if (this.#failing) return;
    this.#failing = true;
    this.#context.log('error', `cannot write to syslog: ${error}; what is sent to it is lost until that is over`);
  }

  #recover(): void {
    if (!this.#failing) return;
    const lost = this.#lost;
    this.#failing = false;
    this.#lost = 0;
    this.#context.log('warn', `syslog takes messages again; ${lost} of them were lost`);
  }
}
