import { isSystemError } from '../os/fds.ts';
import type { Native } from '../os/native.ts';

/** Names the descriptor on which the process in the background says that it is up. */
const READY_VARIABLE = 'INITVISOR_READY_FD';
/** Its value where nobody waits, as the process was in the background before it started over. */
const NOBODY_WAITS = '-1';

type BackgroundCalls = Pick<Native, 'spawn' | 'pipe' | 'close' | 'dup2'>;

export interface BackgroundHost {
  readonly native: BackgroundCalls;
  readonly env: Readonly<Record<string, string>>;
  /** Path of the interpreter, then all that it was started with. */
  readonly commandLine: readonly [string, ...string[]];
  /** Blocks until a byte or the end; true for a byte. */
  readonly readByte: (fd: number) => boolean;
  /** Blocks until the child has ended; its exit status as a shell gives it. */
  readonly waitFor: (pid: number) => number;
}

/**
 * Starts this program again in a session of its own, as Node cannot fork, and waits until it is up.
 * Returns the exit status for this process: 0 when it is up, else that of the failed one, which said why on stderr.
 */
export function continueInBackground({ native, env, commandLine, readByte, waitFor }: BackgroundHost): number {
  const [readEnd, writeEnd] = native.pipe(false, false);
  const readyFd = 3;
  const { pid } = native.spawn({
    file: commandLine[0],
    argv: commandLine,
    env: Object.entries({ ...env, [READY_VARIABLE]: String(readyFd) }).map(([name, value]) => `${name}=${value}`),
    fds: [0, 1, 2, writeEnd],
    isolate: 'session',
  });
  native.close(writeEnd);
  return readByte(readEnd) ? 0 : waitFor(pid);
}

export interface Background {
  /** The environment without the variable that is ours alone. */
  readonly env: Readonly<Record<string, string>>;
  /** Whether this process is the one in the background. */
  readonly isThere: boolean;
  /** Lets go of the terminal and of the process that waits. */
  detach(): void;
}

/** Finds out whether this is the process in the background. */
export function enterBackground(
  env: Readonly<Record<string, string>>,
  calls: { native: Pick<Native, 'close' | 'dup2'>; openNull: () => number; writeByte: (fd: number) => void },
): Background {
  const { [READY_VARIABLE]: text, ...rest } = env;
  if (text === undefined) return { env: rest, isThere: false, detach: () => undefined };
  if (text === NOBODY_WAITS) return { env: rest, isThere: true, detach: () => undefined };
  const fd = Number(text);
  return {
    env: rest,
    isThere: true,
    detach() {
      const nothing = calls.openNull();
      for (const standard of [0, 1, 2]) calls.native.dup2(nothing, standard);
      calls.native.close(nothing);
      try {
        calls.writeByte(fd);
      } catch (error) {
        // EPIPE: whoever started us is gone; that is no reason to stop.
        if (!isSystemError(error)) throw error;
      }
      calls.native.close(fd);
    },
  };
}

/** The environment for a process that starts over where this one is. */
export function environmentToStartOver(env: Readonly<Record<string, string>>, inBackground: boolean) {
  return inBackground ? { ...env, [READY_VARIABLE]: NOBODY_WAITS } : env;
}
