import { closeSync, readSync, writeSync } from 'node:fs';
import { isSystemError } from './fds.ts';
import type { Native } from './native.ts';

type Sockets = Pick<Native, 'connectUnix' | 'connectTcp'>;

/** A connection whose calls block this thread: for programs that ask one thing and end. */
export interface BlockingSocket {
  write(bytes: Uint8Array): void;
  /** What has come, empty at the end; good until the next read. */
  read(): Uint8Array;
  close(): void;
}

const READ_BYTES = 64 * 1024;
const TIMED_OUT = 'EAGAIN';

class TimeoutError extends Error {
  readonly code = 'ETIMEDOUT';
  readonly errno = -110;
  readonly syscall: string;

  constructor(syscall: string) {
    super(`${syscall}: Connection timed out`);
    this.syscall = syscall;
  }
}

/** A socket with a limit says "try again" when it is over. */
function withTimeout<T>(syscall: string, step: () => T): T {
  try {
    return step();
  } catch (error) {
    throw isSystemError(error) && error.code === TIMED_OUT ? new TimeoutError(syscall) : error;
  }
}

/**
 * Connects; `timeoutMs` (0: none) holds for that and then for each read and write.
 * @throws the system call's Error, ETIMEDOUT when the time is over.
 */
export function connectBlocking(
  native: Sockets,
  target:
    | { readonly kind: 'unix'; readonly path: string }
    | { readonly kind: 'tcp'; readonly host: string; readonly port: number },
  timeoutMs: number,
): BlockingSocket {
  const fd =
    target.kind === 'unix'
      ? native.connectUnix(target.path, timeoutMs)
      : native.connectTcp(target.host, target.port, timeoutMs);
  const buffer = new Uint8Array(READ_BYTES);
  return {
    write(bytes) {
      for (let at = 0; at < bytes.length; ) at += withTimeout('write', () => writeSync(fd, bytes, at));
    },
    read: () =>
      buffer.subarray(
        0,
        withTimeout('read', () => readSync(fd, buffer)),
      ),
    close: () => closeSync(fd),
  };
}
