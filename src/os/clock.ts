import type { Clock, MonotonicMs } from '../model/clock.ts';

/** Longest delay that a Node timer takes, in milliseconds; a longer one would fire at once. */
const MAX_DELAY_MS = 2 ** 31 - 1;

/** The machine's clocks. */
export function createClock(): Clock {
  // Not performance.now(): the modules behind it take half a millisecond of the start.
  return { monotonicMs: () => Number(process.hrtime.bigint()) / 1e6, wallMs: () => Date.now() };
}

/** `2026-11-21T01:20:30.123Z` of milliseconds since the epoch. */
export function renderIsoTime(wallMs: number): string {
  return new Date(wallMs).toISOString();
}

/** Milliseconds since the epoch of an ISO 8601 time; NaN for anything else. */
export function parseIsoTime(text: string): number {
  return Date.parse(text);
}

/** Settles so many milliseconds from now, or when the signal aborts. */
export function sleep(delayMs: number, signal: AbortSignal): Promise<void> {
  if (signal.aborted) return Promise.resolve();
  return new Promise((resolve) => {
    const timeout = setTimeout(done, delayMs);
    function done(): void {
      clearTimeout(timeout);
      signal.removeEventListener('abort', done);
      resolve();
    }
    signal.addEventListener('abort', done);
  });
}

/** One timer for the nearest of all deadlines. */
export interface DeadlineTimer {
  /** Arms for a time on the monotonic clock in place of the one before; null disarms. */
  set(deadline: MonotonicMs | null): void;
}

/** Calls `onDue` once for each deadline that is set and reached, never before it and never from inside `set`. */
export function createTimer(clock: Pick<Clock, 'monotonicMs'>, onDue: () => void): DeadlineTimer {
  let armed: { readonly deadline: MonotonicMs; readonly timeout: NodeJS.Timeout } | null = null;

  function arm(deadline: MonotonicMs): void {
    const remainingMs = Math.ceil(deadline - clock.monotonicMs());
    armed = { deadline, timeout: setTimeout(fire, Math.min(Math.max(remainingMs, 0), MAX_DELAY_MS), deadline) };
  }

  function fire(deadline: MonotonicMs): void {
    armed = null;
    // Node rounds to whole milliseconds of a cached time, so a timer may come early, and a long one is armed in parts.
    if (clock.monotonicMs() < deadline) arm(deadline);
    else onDue();
  }

  return {
    set(deadline) {
      if (armed?.deadline === deadline) return;
      if (armed !== null) clearTimeout(armed.timeout);
      armed = null;
      if (deadline !== null) arm(deadline);
    },
  };
}

/** Runs `task` once, so many milliseconds from now; the returned function takes that back. */
export function runAfter(clock: Pick<Clock, 'monotonicMs'>, delayMs: number, task: () => void): () => void {
  const timer = createTimer(clock, task);
  timer.set(clock.monotonicMs() + delayMs);
  return () => timer.set(null);
}

/** Keeps the event loop alive, as neither signal handlers nor a sleeping pump do; the returned function lets go. */
export function holdEventLoop(): () => void {
  const timeout = setInterval(() => undefined, MAX_DELAY_MS);
  return () => clearInterval(timeout);
}

/** Blocks this thread, event loop and all, for so many milliseconds: on the way out only. */
export function pauseMs(milliseconds: number): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, milliseconds);
}
