import type { ExitStatus } from '../model/exit-status.ts';
import type { ProcessPolicy } from './process-state.ts';

/** A program that ended within its first second is started again no sooner than this after its last start. */
const SHORTEST_CYCLE_MS = 1000;

/** Milliseconds until the next try after `failures` failed starts in a row: one second more each. */
export function retryDelayMs(failures: number): number {
  return failures * 1000;
}

/** Source: supervisor/process.py transition: `startretries` is the number of tries after the first. */
export function hasTriesLeft(policy: ProcessPolicy, failures: number): boolean {
  return failures <= policy.startRetries;
}

export function isExpectedExit(policy: ProcessPolicy, status: ExitStatus): boolean {
  return status.kind === 'code' && policy.exitCodes.includes(status.code);
}

/** Whether a program that ended from RUNNING comes back by itself. */
export function shouldRestart(policy: ProcessPolicy, status: ExitStatus): boolean {
  if (policy.autorestart === 'unexpected') return !isExpectedExit(policy, status);
  return policy.autorestart === 'true';
}

/**
 * Milliseconds from the end of a run of `uptimeMs` to the next start: none after a second of life.
 * Supervisor's one-second poll slowed a `startsecs=0` program that ends at once down in the same way.
 */
export function restartDelayMs(uptimeMs: number): number {
  return Math.max(0, SHORTEST_CYCLE_MS - uptimeMs);
}
