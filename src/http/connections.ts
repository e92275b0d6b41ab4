import type { Socket } from 'node:net';
import type { Clock, MonotonicMs } from '../model/clock.ts';
import type { DeadlineTimer } from '../os/clock.ts';
import { renderHttpDate } from '../os/local-time.ts';
import { type HttpError, renderRawError } from './error-page.ts';
import type { HttpLimits } from './limits.ts';

/** `waiting` for a request, `busy` with one, `leaving` after the last bytes were sent. */
type Phase = 'waiting' | 'busy' | 'leaving';

export interface Connection {
  readonly socket: Socket;
  phase: Phase;
  isStreaming: boolean;
  deadline: MonotonicMs;
  /** While an answer is being sent: bytes that the client had taken when that was last looked at. */
  taken: number | null;
  /** Requests that came before the last one was answered. */
  readonly queue: (() => void)[];
}

/** Bytes that have left for the client. */
const takenBy = (socket: Socket): number => socket.bytesWritten - socket.writableLength;

/** The connections of one server: how many there may be, and until when each may keep us waiting. One timer for all. */
export class Connections {
  readonly #limits: HttpLimits;
  readonly #clock: Clock;
  readonly #timer: DeadlineTimer;
  /** Those that wait are at the end, in the order in which they began to. */
  readonly #bySocket = new Map<Socket, Connection>();
  #armed: MonotonicMs = Infinity;
  #isClosing = false;
  #streams = 0;

  constructor(limits: HttpLimits, clock: Clock, createTimer: (onDue: () => void) => DeadlineTimer) {
    this.#limits = limits;
    this.#clock = clock;
    this.#timer = createTimer(() => this.#endOverdue());
  }

  get size(): number {
    return this.#bySocket.size;
  }

  /** Takes a connection in, at the cost of the one that has waited longest; false when all are busy. */
  add(socket: Socket): boolean {
    if (this.#isClosing || (this.size >= this.#limits.connections && !this.#evict())) return false;
    const connection: Connection = {
      socket,
      phase: 'waiting',
      isStreaming: false,
      deadline: Infinity,
      taken: null,
      queue: [],
    };
    this.#bySocket.set(socket, connection);
    this.#setDeadline(connection, this.#limits.headMs);
    socket.once('close', () => this.#forget(connection));
    return true;
  }

  of(socket: Socket): Connection | undefined {
    return this.#bySocket.get(socket);
  }

  /** A request's head is there: the handler may take as long as it likes. */
  setBusy(connection: Connection): void {
    connection.phase = 'busy';
    connection.deadline = Infinity;
  }

  /** The body is being read. */
  expectBody(connection: Connection): void {
    this.#setDeadline(connection, this.#limits.bodyMs);
  }

  /** The body is there. */
  endBody(connection: Connection): void {
    connection.deadline = Infinity;
  }

  /** The whole answer is on its way, and the client has to take it. */
  expectTaking(connection: Connection): void {
    connection.taken = takenBy(connection.socket);
    this.#setDeadline(connection, this.#limits.stallMs);
  }

  /** False: there are too many streams already. */
  setStreaming(connection: Connection): boolean {
    if (this.#streams >= this.#limits.streams) return false;
    connection.isStreaming = true;
    this.#streams += 1;
    return true;
  }

  /** The answer was taken. */
  setWaiting(connection: Connection): void {
    this.#endStream(connection);
    if (connection.phase === 'leaving' || !this.#bySocket.delete(connection.socket)) return;
    // To the end of the map.
    this.#bySocket.set(connection.socket, connection);
    connection.phase = 'waiting';
    connection.taken = null;
    if (this.#isClosing) {
      connection.queue.length = 0;
      connection.socket.destroy();
    } else this.#setDeadline(connection, this.#limits.idleMs);
  }

  /** Sends a last error. What the client still sends is dropped for a while: an early end could cost it our answer. */
  leaveWith(connection: Connection, error: HttpError): void {
    if (connection.phase === 'leaving') return;
    connection.phase = 'leaving';
    connection.taken = null;
    connection.queue.length = 0;
    connection.socket.end(renderRawError(error, renderHttpDate(this.#clock.wallMs())));
    this.#setDeadline(connection, this.#limits.lingerMs);
  }

  /** Ends those that wait or stream now, and the others once they have their answer, but at most `graceMs` later. */
  close(graceMs: number): void {
    this.#isClosing = true;
    for (const connection of [...this.#bySocket.values()]) {
      if (connection.phase === 'waiting' || connection.isStreaming) connection.socket.destroy();
      else {
        connection.taken = null;
        this.#setDeadline(connection, graceMs);
      }
    }
  }

  #setDeadline(connection: Connection, afterMs: number): void {
    connection.deadline = this.#clock.monotonicMs() + afterMs;
    if (connection.deadline >= this.#armed) return;
    this.#armed = connection.deadline;
    this.#timer.set(connection.deadline);
  }

  #endOverdue(): void {
    const now = this.#clock.monotonicMs();
    for (const connection of [...this.#bySocket.values()]) {
      if (connection.deadline > now) continue;
      const { socket, taken } = connection;
      if (taken === null || takenBy(socket) === taken) socket.destroy();
      else {
        connection.taken = takenBy(socket);
        connection.deadline = now + this.#limits.stallMs;
      }
    }
    this.#armed = Math.min(Infinity, ...[...this.#bySocket.values()].map(({ deadline }) => deadline));
    this.#timer.set(this.#armed === Infinity ? null : this.#armed);
  }

  #evict(): boolean {
    for (const { phase, socket } of this.#bySocket.values()) {
      if (phase !== 'waiting') continue;
      this.#bySocket.delete(socket);
      socket.destroy();
      return true;
    }
    return false;
  }

  #endStream(connection: Connection): void {
    if (connection.isStreaming) this.#streams -= 1;
    connection.isStreaming = false;
  }

  #forget(connection: Connection): void {
    this.#endStream(connection);
    connection.queue.length = 0;
    this.#bySocket.delete(connection.socket);
    if (this.size > 0) return;
    this.#armed = Infinity;
    this.#timer.set(null);
  }
}
