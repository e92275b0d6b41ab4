import type { SignalName } from '../model/signals.ts';
import type { Native } from './native.ts';

/** Signals that Node can hand to a handler. */
export type CatchableSignal = Exclude<SignalName & NodeJS.Signals, 'SIGKILL' | 'SIGSTOP'>;

/** Who gets a signal: one process, or the process group that it leads. */
export interface SignalTarget {
  readonly pid: number;
  readonly group: boolean;
}

/**
 * Sends a signal by number and returns '' or the errno's name; ESRCH: it ended first, and its exit is reported as always.
 * @throws RangeError for a pid below 1 and for the group of pid 1, which kill(2) takes for groups of other processes.
 */
export function sendSignal(native: Pick<Native, 'kill'>, target: SignalTarget, signal: number): string {
  const lowest = target.group ? 2 : 1;
  if (!Number.isInteger(target.pid) || target.pid < lowest) {
    throw new RangeError(`internal error: cannot send signal ${signal}: ${target.pid} is no pid of a program`);
  }
  return native.kill(target.group ? -target.pid : target.pid, signal);
}

/** Calls `handler` from the event loop for each of the signals; the returned function ends that. */
export function subscribeSignals(
  names: readonly CatchableSignal[],
  handler: (name: CatchableSignal) => void,
): () => void {
  const listeners = names.map((name) => ({ name, listener: () => handler(name) }));
  for (const { name, listener } of listeners) process.on(name, listener);
  return () => {
    for (const { name, listener } of listeners) process.off(name, listener);
  };
}
