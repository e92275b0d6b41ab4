import type { Native } from './native.ts';

type Descriptors = Pick<Native, 'pipe' | 'close'>;

/** A child's three standard streams, seen from here. */
export interface ChildPipes {
  /** Our ends, all non-blocking; `stderr` is null where it goes the same way as `stdout`. */
  readonly stdin: number;
  readonly stdout: number;
  readonly stderr: number | null;
  /** For a spawn request: the child's descriptors 0, 1 and 2. */
  readonly childFds: readonly [number, number, number];
  /** Closes the child's ends, once the child has its copies or there will be none. */
  closeChildEnds(): void;
  /** Closes ours as well, after a failed spawn. */
  closeAll(): void;
}

/** Whether `error` is a system call's, with errno's name in `code`. */
export function isSystemError(error: unknown): error is Error & { code: string; syscall: string } {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' && 'syscall' in error;
}

/**
 * Opens the pipes of one child; none is left open when one fails (EMFILE, ENFILE).
 * @throws the system call's Error.
 */
export function openChildPipes(native: Descriptors, redirectStderr: boolean): ChildPipes {
  const opened: number[] = [];
  const closeEach = (fds: Iterable<number>): void => {
    for (const fd of fds) native.close(fd);
  };
  const open = (ours: 'read' | 'write'): [number, number] => {
    const ends = native.pipe(ours === 'read', ours === 'write');
    opened.push(...ends);
    return ends;
  };
  try {
    const [childStdin, stdin] = open('write');
    const [stdout, childStdout] = open('read');
    const [stderr, childStderr] = redirectStderr ? [null, childStdout] : open('read');
    const childEnds = new Set([childStdin, childStdout, childStderr]);
    return {
      stdin,
      stdout,
      stderr,
      childFds: [childStdin, childStdout, childStderr],
      closeChildEnds() {
        closeEach(childEnds);
        childEnds.clear();
      },
      closeAll() {
        closeEach(childEnds);
        childEnds.clear();
        closeEach(stderr === null ? [stdin, stdout] : [stdin, stdout, stderr]);
      },
    };
  } catch (error) {
    closeEach(opened);
    throw error;
  }
}
