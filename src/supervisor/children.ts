import type { Log } from '../model/log-level.ts';
import type { Native } from '../os/native.ts';
import { groupMembers, renderProcesses } from '../os/process-table.ts';
import { sendSignal } from '../os/signals.ts';

const SIGKILL = 9;

export interface SignalOrder {
  readonly pid: number;
  readonly signal: number;
  readonly group: boolean;
}

/** What became of a signal: it was sent, there was nobody left, or the errno's name. */
export type SignalOutcome =
  | { readonly kind: 'sent' }
  | { readonly kind: 'groupGone' }
  | { readonly kind: 'failed'; readonly errno: string };

/** Who owns which pid: living processes, and process groups that lost their leader in a stop. */
export class Children {
  readonly #native: Pick<Native, 'kill'>;
  readonly #log: Log;
  readonly #living = new Map<number, string>();
  readonly #leaderless = new Map<number, string>();

  constructor(native: Pick<Native, 'kill'>, log: Log) {
    this.#native = native;
    this.#log = log;
  }

  add(pid: number, id: string): void {
    this.#living.set(pid, id);
  }

  /** The owner of a pid that has been reaped; undefined for an orphan. */
  take(pid: number): string | undefined {
    const id = this.#living.get(pid);
    this.#living.delete(pid);
    return id;
  }

  /** Whether a process that is gone has left others in its group; these are watched from now on. */
  watchGroup(pid: number, id: string): boolean {
    // Zombies whose parent does not wait for them stay in the group, and no signal ends them.
    if (!this.#hasMembers(pid) || groupMembers(pid)?.length === 0) return false;
    this.#leaderless.set(pid, id);
    return true;
  }

  /** Owners of the watched groups that are gone by now; each is told once. */
  takeGoneGroups(): string[] {
    const gone = [...this.#leaderless].filter(([pid]) => !this.#hasMembers(pid));
    for (const [pid] of gone) this.#leaderless.delete(pid);
    return gone.map(([, id]) => id);
  }

  /** `name` is for the log. */
  signal(name: string, { pid, signal, group }: SignalOrder): SignalOutcome {
    const errno = sendSignal(this.#native, { pid, group }, signal);
    if (errno === '') return { kind: 'sent' };
    if (errno !== 'ESRCH') return { kind: 'failed', errno };
    if (this.#leaderless.delete(pid)) return { kind: 'groupGone' };
    // SIGCHLD is on its way and will tell.
    const why = '[Errno 3] No such process';
    this.#log('debug', `unable to signal ${name} (pid ${pid}), it probably just exited on its own: ${why}`);
    return { kind: 'sent' };
  }

  /** Kills by name who is left of a group. */
  sweep(name: string, pid: number): SignalOutcome {
    const left = groupMembers(pid);
    if (left?.length === 0) {
      this.#leaderless.delete(pid);
      return { kind: 'groupGone' };
    }
    const who = left === null ? `process group ${pid}` : renderProcesses(left);
    this.#log('warn', `killing what '${name}' left behind: ${who}`);
    return this.signal(name, { pid, signal: SIGKILL, group: true });
  }

  #hasMembers(pid: number): boolean {
    return this.#native.kill(-pid, 0) !== 'ESRCH';
  }
}
