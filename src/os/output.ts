import { writeSync } from 'node:fs';
import { pauseMs } from './clock.ts';
import { isSystemError } from './fds.ts';

const RETRY_MS = 5;

/**
 * Writes all of it before it returns, so that nothing is lost when the process ends next. Without Node's streams, whose
 * loading takes longer than a short command.
 * @throws the system call's Error: EPIPE when nobody reads any more.
 */
export function writeFully(fd: number, data: string | Uint8Array): void {
  const bytes = typeof data === 'string' ? Buffer.from(data) : data;
  for (let at = 0; at < bytes.length; ) {
    try {
      at += writeSync(fd, bytes, at);
    } catch (error) {
      // Someone else who shares the pipe has made it non-blocking.
      if (!isSystemError(error) || error.code !== 'EAGAIN') throw error;
      pauseMs(RETRY_MS);
    }
  }
}
