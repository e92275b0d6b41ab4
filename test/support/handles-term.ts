import { readFileSync } from 'node:fs';

/** Whether it has a handler for signal 15 by now. */
export function handlesTerm(pid: number): boolean {
  try {
    const mask = /^SigCgt:\s+(\w+)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? '0';
    return (BigInt(`0x${mask}`) & (1n << 14n)) !== 0n;
  } catch {
    // ENOENT: not started yet.
    return false;
  }
}
