import type { Clock } from '../model/clock.ts';
import { createTimer } from '../os/clock.ts';
import { isSystemError } from '../os/fds.ts';
import type { Native } from '../os/native.ts';
import type { ProcessIdentity } from './pidfile.ts';

/** Where the kernel (before 5.3) or a filter of system calls leaves nothing but to look. */
const CHECK_MS = 1000;

export interface WatchHost {
  readonly native: Pick<Native, 'watchExit'>;
  readonly clock: Clock;
  readonly isAlive: (process: ProcessIdentity) => boolean;
}

/** Calls `onEnd` once, and never at once, when the process has ended. */
export function watchEnd(process: ProcessIdentity, { native, clock, isAlive }: WatchHost, onEnd: () => void): void {
  try {
    native.watchExit(process.pid, onEnd);
  } catch (error) {
    if (!isSystemError(error)) throw error;
    const timer = createTimer(clock, () => {
      if (isAlive(process)) timer.set(clock.monotonicMs() + CHECK_MS);
      else onEnd();
    });
    // ESRCH: it is gone already, and the first look will show that.
    timer.set(clock.monotonicMs());
  }
}
