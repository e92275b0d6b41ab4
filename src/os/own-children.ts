import type { Native } from './native.ts';

const SIGKILL = 9;

export interface OwnChildren {
  /** The addon, with what goes through it written down. */
  readonly native: Native;
  /** Forgets a child that has ended; `killed` when this process sent it SIGKILL, null for one that it did not make. */
  take(pid: number): 'killed' | 'unharmed' | null;
}

/** Remembers which children this process has made and which of them, or their process groups, it has killed. */
export function recordChildren(native: Native): OwnChildren {
  const living = new Map<number, 'killed' | 'unharmed'>();
  return {
    native: {
      ...native,
      spawn(request) {
        const result = native.spawn(request);
        living.set(result.pid, 'unharmed');
        return result;
      },
      kill(pid, signal) {
        if (signal === SIGKILL && living.has(Math.abs(pid))) living.set(Math.abs(pid), 'killed');
        return native.kill(pid, signal);
      },
    },
    take(pid) {
      const fate = living.get(pid) ?? null;
      living.delete(pid);
      return fate;
    },
  };
}
