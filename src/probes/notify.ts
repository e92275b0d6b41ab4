import type { Log } from '../model/log-level.ts';
import { isSystemError } from '../os/fds.ts';
import type { Native } from '../os/native.ts';
import type { ReceivedDatagram } from '../os/native-receive.ts';
import { type BoundSocket, bindNotifySocket } from '../os/notify-socket.ts';
import { isDescendantNow } from '../os/process-table.ts';
import { printable } from './printable.ts';

const MAX_STATUS = 256;
/** Datagrams taken before anybody else gets a turn. */
const MOST_AT_ONCE = 16;

/** What a program tells of itself. RELOADING, MAINPID, WATCHDOG, FDSTORE and whatever else there is mean nothing here. */
export interface NotifyMessage {
  readonly ready: boolean;
  readonly status: string | null;
  readonly stopping: boolean;
}

export interface NotifyContext {
  readonly native: Pick<Native, 'bindDatagram' | 'receiveDatagram' | 'watchReadable' | 'close'>;
  readonly log: Log;
  /** The program's name, for the log. */
  readonly name: string;
  /** The program's user, whose messages count; root's do as well. */
  readonly uid: number;
  /** The program, null while it is not known. What it started may tell of it as any user. */
  readonly programPid: () => number | null;
  /** Where the socket is tried to be put before it gets an abstract name. */
  readonly directories?: readonly string[];
}

export interface NotifySocket {
  /** Value of NOTIFY_SOCKET. */
  readonly address: string;
  close(): void;
}

/** Null: nothing in it is for us. Source: sd_notify(3). */
export function parseNotification(data: Buffer): NotifyMessage | null {
  const lines = data.toString('utf8').replace(/\0+$/, '').split('\n');
  const status = lines.findLast((line) => line.startsWith('STATUS='));
  const message = {
    ready: lines.includes('READY=1'),
    status: status === undefined ? null : printable(status.slice('STATUS='.length), MAX_STATUS),
    stopping: lines.includes('STOPPING=1'),
  };
  return message.ready || message.stopping || message.status !== null ? message : null;
}

/** Hears what a program says to NOTIFY_SOCKET, as long as it is open. */
class NotifyReader {
  readonly #context: NotifyContext;
  readonly #onMessage: (message: NotifyMessage) => void;
  readonly #socket: BoundSocket;
  readonly #stop: () => void;
  #isOpen = true;
  /** Complaints are made once: whoever causes one can cause thousands. */
  #hasComplained = false;

  constructor(context: NotifyContext, onMessage: (message: NotifyMessage) => void) {
    this.#context = context;
    this.#onMessage = onMessage;
    this.#socket = bindNotifySocket(context.native, context.directories);
    try {
      this.#stop = context.native.watchReadable(this.#socket.fd, () => this.#read());
    } catch (error) {
      this.#socket.close();
      throw error;
    }
  }

  get address(): string {
    return this.#socket.address;
  }

  close(): void {
    if (!this.#isOpen) return;
    this.#isOpen = false;
    this.#stop();
    this.#socket.close();
  }

  #read(): void {
    for (let count = 0; count < MOST_AT_ONCE && this.#isOpen; count++) {
      const datagram = this.#receive();
      if (datagram === null) return;
      this.#handle(datagram);
    }
  }

  #receive(): ReceivedDatagram | null {
    try {
      return this.#context.native.receiveDatagram(this.#socket.fd);
    } catch (error) {
      if (!isSystemError(error)) throw error;
      // It would fail again at once, and for ever.
      this.close();
      this.#complain(`cannot hear what it says of itself any more: ${error.code}`);
      return null;
    }
  }

  #handle(datagram: ReceivedDatagram): void {
    const { pid, uid, truncated, data } = datagram;
    const message = parseNotification(data);
    // Nothing for us, such as the BARRIER=1 that systemd-notify waits for: who sent it may be gone by now.
    if (message === null && !truncated) return;
    if (!this.#mayTell(datagram)) {
      const who = pid === 0 ? 'a process of another namespace' : `process ${pid}`;
      this.#complain(`ignored what ${who} (uid ${uid}) says of it: neither its user's nor one of its processes`);
    } else if (truncated) this.#complain(`ignored a notification of process ${pid} that is too long`);
    else if (message !== null) this.#onMessage(message);
  }

  #mayTell({ pid, uid }: ReceivedDatagram): boolean {
    if (uid === this.#context.uid || uid === 0) return true;
    const program = this.#context.programPid();
    return program !== null && pid > 0 && isDescendantNow(pid, program);
  }

  #complain(text: string): void {
    if (!this.#hasComplained) this.#context.log('warn', `'${this.#context.name}': ${text}`);
    this.#hasComplained = true;
  }
}

/**
 * Opens a socket for one program. It is best left open for as long as the program runs, as later messages fail otherwise.
 * @throws the system call's error
 */
export function openNotifySocket(context: NotifyContext, onMessage: (message: NotifyMessage) => void): NotifySocket {
  return new NotifyReader(context, onMessage);
}
