import { isatty } from 'node:tty';

/** Whether a descriptor of this process is a terminal. */
export function isTerminal(fd: number): boolean {
  return isatty(fd);
}
