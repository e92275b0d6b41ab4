import type { Files } from '../os/files.ts';

/** A process told apart from a later one with the same pid. */
export interface ProcessIdentity {
  readonly pid: number;
  /** Clock ticks, 100 a second, from boot; 0 when unknown. */
  readonly startTicks: number;
}

export type PidfileReading =
  /** No file, or no pid in it. */
  | { readonly kind: 'unreadable' }
  /** The process that it means has ended. */
  | { readonly kind: 'stale'; readonly pid: number; readonly why: string }
  | { readonly kind: 'running'; readonly process: ProcessIdentity };

export interface PidfileHost {
  readonly files: Pick<Files, 'read' | 'modifiedMs'>;
  readonly findProcess: (pid: number) => ProcessIdentity | null;
  /** This process, and when it started in milliseconds of wall time. */
  readonly own: ProcessIdentity & { readonly startedMs: number };
}

const MS_PER_TICK = 10;
/** Start times are rounded, and ours is taken a little after our start. */
const SLACK_MS = 2000;
/** One number on the first line: PostgreSQL goes on with other things below, and puts a minus before what is no server. */
const PID = /^\s*\+?(\d{1,10})\s*(?:\n|$)/;

/** The pid in a pidfile's text; null for anything that is none. */
export function parsePid(text: string): number | null {
  const pid = Number(PID.exec(text)?.[1] ?? 0);
  return pid > 0 && pid < 2 ** 31 ? pid : null;
}

/** A pidfile, read anew each time that its process is asked for. */
export class Pidfile {
  readonly path: string;
  readonly #host: PidfileHost;
  readonly #atStart: string | null;

  constructor(path: string, host: PidfileHost) {
    this.path = path;
    this.#host = host;
    this.#atStart = this.#load()?.stamp ?? null;
  }

  read(): PidfileReading {
    const loaded = this.#load();
    const pid = loaded === null ? null : parsePid(loaded.text);
    if (loaded === null || pid === null) return { kind: 'unreadable' };
    const process = this.#host.findProcess(pid);
    if (process === null) return { kind: 'stale', pid, why: `there is no process ${pid}` };
    if (pid === this.#host.own.pid || this.#isOlder(loaded, process)) {
      return { kind: 'stale', pid, why: `process ${pid} is another one, which started later` };
    }
    return { kind: 'running', process };
  }

  /**
   * Whether the file was left over before the process came to be. In a new container pids start over, so that one
   * from a volume's pidfile is likely to be taken: by PID 1, say.
   */
  #isOlder({ stamp, modifiedMs }: { stamp: string; modifiedMs: number }, process: ProcessIdentity): boolean {
    const { own } = this.#host;
    // What was written since we run is believed whatever the clocks say.
    if (stamp !== this.#atStart || process.startTicks === 0) return false;
    const startedMs = own.startedMs + (process.startTicks - own.startTicks) * MS_PER_TICK;
    return startedMs > modifiedMs + SLACK_MS;
  }

  #load(): { readonly text: string; readonly modifiedMs: number; readonly stamp: string } | null {
    try {
      const modifiedMs = this.#host.files.modifiedMs(this.path);
      const text = this.#host.files.read(this.path);
      return { text, modifiedMs, stamp: `${modifiedMs} ${text}` };
    } catch {
      // Whatever the reason (ENOENT, EACCES, EISDIR), upstream tells only that it cannot be read.
      return null;
    }
  }
}
