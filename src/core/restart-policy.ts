import type { MonotonicMs } from '../model/clock.ts';
import type { ExitStatus } from '../model/exit-status.ts';
import type { ProcessPolicy, ProcessState } from './process-state.ts';

/** A program that ended within its first second is started again no sooner than this after its last start. */
const SHORTEST_CYCLE_MS = 1000;
const FIRST_DELAY_MS = 1000;
/** Part of an exponential delay that chance may take off, so that programs that fell together do not rise together. */
const JITTER = 0.25;
/** Without a longest delay, a run of this length starts the exponential backoff over. */
const STABLE_MS = 60_000;
/** Beyond this doubling makes no difference to anybody. */
const MOST_DOUBLINGS = 20;

/** Milliseconds; `chance` is from 0 up to 1. */
function exponentialDelayMs({ backoffMaxMs }: ProcessPolicy, crashes: number, chance: number): number {
  const doubled = FIRST_DELAY_MS * 2 ** Math.min(Math.max(crashes - 1, 0), MOST_DOUBLINGS);
  return Math.round(Math.min(doubled, backoffMaxMs ?? Infinity) * (1 - JITTER * chance));
}

/** Milliseconds until the next try after a failed start: one second more each, or doubled each time. */
export function retryDelayMs(
  policy: ProcessPolicy,
  { failures, crashes }: Pick<ProcessState, 'failures' | 'crashes'>,
  chance: number,
): number {
  if (policy.backoff === 'exponential') return exponentialDelayMs(policy, crashes, chance);
  return Math.min(failures * FIRST_DELAY_MS, policy.backoffMaxMs ?? Infinity);
}

/** Source: supervisor/process.py transition: `startretries` is the number of tries after the first; ours knows -1. */
export function hasTriesLeft(
  policy: ProcessPolicy,
  { failures, spent }: Pick<ProcessState, 'failures' | 'spent'>,
): boolean {
  return !spent && (policy.startRetries < 0 || failures <= policy.startRetries);
}

export function isExpectedExit(policy: Pick<ProcessPolicy, 'exitCodes'>, status: ExitStatus): boolean {
  return status.kind === 'code' && policy.exitCodes.includes(status.code);
}

/** Whether a program that ended from RUNNING comes back by itself. */
export function shouldRestart(policy: ProcessPolicy, status: ExitStatus): boolean {
  if (policy.autorestart === 'unexpected') return !isExpectedExit(policy, status);
  return policy.autorestart === 'true';
}

/**
 * Milliseconds from the end of a run of `uptimeMs` to the next start: none after a second of life, unless the backoff is
 * exponential. Supervisor's one-second poll slowed a `startsecs=0` program that ends at once down in the same way.
 */
export function restartDelayMs(policy: ProcessPolicy, uptimeMs: number, crashes: number, chance: number): number {
  const cycle = Math.max(0, SHORTEST_CYCLE_MS - uptimeMs);
  if (policy.backoff === 'linear' || crashes === 0) return cycle;
  return Math.max(cycle, exponentialDelayMs(policy, crashes, chance));
}

/** Whether a run of this length starts the exponential backoff over. */
export function isStableRun({ backoffMaxMs, startMs }: ProcessPolicy, uptimeMs: number): boolean {
  return uptimeMs >= Math.max(startMs, backoffMaxMs ?? STABLE_MS);
}

/** The ends that count against the restart limit, one at `now` included; and whether they are too many. */
export function countEnd(
  { restartLimit }: ProcessPolicy,
  ends: readonly MonotonicMs[],
  now: MonotonicMs,
): Pick<ProcessState, 'ends' | 'spent'> {
  if (restartLimit === null) return { ends: [], spent: false };
  const { count, windowMs } = restartLimit;
  const recent = [...ends.filter((end) => now - end < windowMs), now].slice(-(count + 1));
  return { ends: recent, spent: recent.length > count };
}
