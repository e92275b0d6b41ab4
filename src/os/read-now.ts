import { readSync } from 'node:fs';
import { isSystemError } from './fds.ts';

/**
 * Reads what a non-blocking descriptor has; 0 is its end, null means that there is nothing now.
 * @throws the system call's error
 */
export function readNow(fd: number, buffer: Uint8Array): number | null {
  try {
    return readSync(fd, buffer);
  } catch (error) {
    if (isSystemError(error) && error.code === 'EAGAIN') return null;
    throw error;
  }
}
