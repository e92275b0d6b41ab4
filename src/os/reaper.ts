import type { ChildProcess } from 'node:child_process';
import diagnosticsChannel from 'node:diagnostics_channel';
import { decodeExitStatus, type ExitStatus } from '../model/exit-status.ts';
import type { Native } from './native.ts';

/** Children taken before the event loop gets a turn. */
const BATCH = 256;
/** Numbers a child: pid, code or signal, kind, peak memory. */
const FIELDS = 4;

export interface ReaperOptions {
  readonly native: Pick<Native, 'reap'>;
  /** A child of ours or an orphan ended; `peakKib` is its largest resident memory in KiB, 0 when unknown. */
  onExit(pid: number, status: ExitStatus, peakKib: number): void;
  /** A failed wait, or what `onExit` threw; reaping goes on. */
  onError(error: unknown): void;
}

export interface Reaper {
  /** Takes whatever has ended already, as for children from before the reaper was there. */
  reap(): void;
  /** Lets go of SIGCHLD. */
  close(): void;
}

interface ForeignChildren {
  pids(): Int32Array;
  close(): void;
}

/**
 * Children of Node's own child_process. Node waits for each by pid, so a status taken from it would leave its 'exit'
 * event out for ever.
 */
function trackForeignChildren(): ForeignChildren {
  const live = new Set<ChildProcess>();

  function track(message: unknown): void {
    const child = (message as { readonly process: ChildProcess }).process;
    live.add(child);
    child.once('exit', () => live.delete(child));
    // The pid is not known yet here; one without a pid after this turn was never started.
    process.nextTick(() => {
      if (child.pid === undefined) live.delete(child);
    });
  }

  diagnosticsChannel.subscribe('child_process', track);
  return {
    pids: () => Int32Array.from([...live].flatMap(({ pid }) => pid ?? [])),
    close: () => {
      diagnosticsChannel.unsubscribe('child_process', track);
    },
  };
}

/** Takes the status of every child of this process that ends, Node's own excepted, and hands each on. */
export function createReaper({ native, onExit, onError }: ReaperOptions): Reaper {
  const rows = new Int32Array(BATCH * FIELDS);
  const foreign = trackForeignChildren();
  let again: NodeJS.Immediate | null = null;

  function dispatch(count: number): void {
    // A copy, as a handler may come back in here and fill the rows anew.
    const taken = Array.from(rows.subarray(0, count * FIELDS));
    for (let at = 0; at < taken.length; at += FIELDS) {
      const [pid = 0, value = 0, kind = 0, peakKib = 0] = taken.slice(at, at + FIELDS);
      try {
        onExit(pid, decodeExitStatus(value, kind), peakKib);
      } catch (error) {
        onError(error);
      }
    }
  }

  function reap(): void {
    let result: number;
    try {
      result = native.reap(rows, foreign.pids());
    } catch (error) {
      onError(error);
      return;
    }
    const blocked = result < 0;
    const count = blocked ? -1 - result : result;
    // Blocked: Node takes its own child within this turn of the loop, and the ones behind it show.
    if (blocked || count === BATCH) again ??= setImmediate(resume);
    dispatch(count);
  }

  function resume(): void {
    again = null;
    reap();
  }

  process.on('SIGCHLD', reap);
  return {
    reap,
    close() {
      process.off('SIGCHLD', reap);
      foreign.close();
      if (again !== null) clearImmediate(again);
      again = null;
    },
  };
}

/** Blocks until one child has ended; other children that end meanwhile are not looked at again. */
export function waitForChild(native: Pick<Native, 'reap'>, pid: number): ExitStatus {
  const rows = new Int32Array(FIELDS);
  const cell = new Int32Array(new SharedArrayBuffer(4));
  for (;;) {
    const count = native.reap(rows, new Int32Array(0));
    if (count > 0 && rows[0] === pid) return decodeExitStatus(rows[1] ?? 0, rows[2] ?? 0);
    if (count === 0) Atomics.wait(cell, 0, 0, 5);
  }
}
