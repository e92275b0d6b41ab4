import { readFileSync } from 'node:fs';
import { SIGNAL_NUMBERS } from '../model/signals.ts';
import type { CatchableSignal } from './signals.ts';

/** Node catches both once while it starts, and raises them again by their default, which means nothing to PID 1. */
const CAUGHT_ONCE = ['SIGTERM', 'SIGINT'] as const;

/**
 * Requests to end that reached Node before any of our code ran, told by the handler that is used up.
 * @param isCaught whether a signal had a handler before there were any of ours, in a process that is PID 1
 */
export function missedByNode(isCaught: (signal: number) => boolean): CatchableSignal[] {
  const missed = CAUGHT_ONCE.filter((name) => !isCaught(SIGNAL_NUMBERS[name]));
  // Neither is caught: this is not the way of this Node, and tells nothing.
  return missed.length === CAUGHT_ONCE.length ? [] : missed;
}

/** The same by the text of /proc/self/status. */
export function missedSignals(status: string): CatchableSignal[] {
  const mask = /^SigCgt:\s+([0-9a-f]+)$/m.exec(status)?.[1];
  if (mask === undefined) return [];
  const caught = BigInt(`0x${mask}`);
  return missedByNode((signal) => (caught & (1n << BigInt(signal - 1))) !== 0n);
}

/** What this process has missed; nothing unless it is PID 1, as any other is dead then. */
export function ownMissedSignals(): CatchableSignal[] {
  if (process.pid !== 1) return [];
  try {
    return missedSignals(readFileSync('/proc/self/status', 'latin1'));
  } catch {
    // Without /proc nobody can tell.
    return [];
  }
}
