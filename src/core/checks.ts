/**
 * When a process is asked whether it is ready and well, and what its answers mean. Pure: the shell carries checks out
 * and brings results in.
 */
import type { MonotonicMs } from '../model/clock.ts';

/** Until it is ready it is asked again after this, each time a little later. */
const FIRST_RETRY_MS = 100;
const LAST_RETRY_MS = 1000;

export interface HealthPolicy {
  readonly intervalMs: number;
  /** Failures in a row. */
  readonly retries: number;
  readonly startPeriodMs: number;
}

export interface CheckPolicy {
  /** What makes it ready: being RUNNING, its own word, an answer to a question, or its first healthy answer. */
  readonly readyBy: 'running' | 'told' | 'asked' | 'health';
  /** Null: it may take for ever. */
  readonly readyTimeoutMs: number | null;
  readonly health: HealthPolicy | null;
}

export type CheckKind = 'ready' | 'health';

export interface Checks {
  /** A process is there to be asked. */
  readonly on: boolean;
  readonly ready: boolean;
  /** `starting`: it has yet to answer well for the first time. */
  readonly health: 'none' | 'starting' | 'healthy' | 'unhealthy';
  /** In a row. */
  readonly failures: number;
  /** What the last check that failed said; '' when it did not. */
  readonly detail: string;
  readonly startedAt: MonotonicMs;
  readonly tries: number;
  /** The check that is being carried out. */
  readonly asking: CheckKind | null;
  readonly askReadyAt: MonotonicMs | null;
  readonly askHealthAt: MonotonicMs | null;
  readonly unreadyAt: MonotonicMs | null;
}

export const NO_CHECKS: Checks = {
  on: false,
  ready: false,
  health: 'none',
  failures: 0,
  detail: '',
  startedAt: 0,
  tries: 0,
  asking: null,
  askReadyAt: null,
  askHealthAt: null,
  unreadyAt: null,
};

export type CheckInput =
  | { readonly kind: 'spawned' }
  /** It is RUNNING. */
  | { readonly kind: 'running' }
  /** It says that it is ready. */
  | { readonly kind: 'told' }
  | { readonly kind: 'answered'; readonly check: CheckKind; readonly ok: boolean; readonly detail: string }
  | { readonly kind: 'deadline' }
  /** It has ended, or is on its way down. */
  | { readonly kind: 'ended' };

export type Verdict =
  | { readonly kind: 'ask'; readonly check: CheckKind }
  | { readonly kind: 'ready'; readonly afterMs: number }
  | { readonly kind: 'unready'; readonly detail: string }
  | { readonly kind: 'healthy' }
  | { readonly kind: 'unhealthy'; readonly detail: string }
  /** Whatever is being asked is not wanted any more. */
  | { readonly kind: 'hush' };

export interface CheckStep {
  readonly next: Checks;
  readonly verdicts: readonly Verdict[];
}

const nothing = (next: Checks): CheckStep => ({ next, verdicts: [] });

export function nextCheckAt({ asking, askReadyAt, askHealthAt, unreadyAt }: Checks): MonotonicMs | null {
  const askAt = asking === null ? Math.min(askReadyAt ?? Infinity, askHealthAt ?? Infinity) : Infinity;
  const nearest = Math.min(askAt, unreadyAt ?? Infinity);
  return nearest === Infinity ? null : nearest;
}

function retryMs(tries: number): number {
  return Math.min(FIRST_RETRY_MS * 2 ** Math.min(tries, 10), LAST_RETRY_MS);
}

function begin({ readyBy, readyTimeoutMs, health }: CheckPolicy, now: MonotonicMs): CheckStep {
  const waits = readyBy === 'told' || readyBy === 'asked';
  return nothing({
    ...NO_CHECKS,
    on: true,
    health: health === null ? 'none' : 'starting',
    startedAt: now,
    askReadyAt: readyBy === 'asked' ? now : null,
    // Where something else tells that it is ready, it is asked how it is from then on.
    askHealthAt: health !== null && !waits ? now : null,
    unreadyAt: waits && readyTimeoutMs !== null ? now + readyTimeoutMs : null,
  });
}

function becomeReady(policy: CheckPolicy, checks: Checks, now: MonotonicMs): CheckStep {
  if (checks.ready || !checks.on) return nothing(checks);
  const isUnasked = policy.health !== null && checks.askHealthAt === null && checks.asking !== 'health';
  const askHealthAt = isUnasked ? now : checks.askHealthAt;
  const asking = checks.asking === 'ready' ? null : checks.asking;
  const next = { ...checks, ready: true, detail: '', asking, askReadyAt: null, unreadyAt: null, askHealthAt };
  const hush: readonly Verdict[] = checks.asking === 'ready' ? [{ kind: 'hush' }] : [];
  return { next, verdicts: [...hush, { kind: 'ready', afterMs: now - checks.startedAt }] };
}

function answeredReady(
  policy: CheckPolicy,
  checks: Checks,
  { ok, detail }: { readonly ok: boolean; readonly detail: string },
  now: MonotonicMs,
): CheckStep {
  const heard = { ...checks, asking: null };
  if (checks.ready) return nothing(heard);
  if (ok) return becomeReady(policy, heard, now);
  return nothing({ ...heard, detail, tries: checks.tries + 1, askReadyAt: now + retryMs(checks.tries) });
}

/** Before its first good answer it has as long as its retries would take, after the start period. */
function isGivenUp(health: HealthPolicy, checks: Checks, failures: number, now: MonotonicMs): boolean {
  if (checks.health === 'healthy') return failures >= health.retries;
  return now - checks.startedAt >= health.startPeriodMs + health.intervalMs * health.retries;
}

function answeredHealth(
  policy: CheckPolicy,
  checks: Checks,
  { ok, detail }: { readonly ok: boolean; readonly detail: string },
  now: MonotonicMs,
): CheckStep {
  const { health } = policy;
  if (health === null) return nothing({ ...checks, asking: null });
  const heard = { ...checks, asking: null, tries: checks.tries + 1 };
  if (ok) {
    const well = {
      ...heard,
      health: 'healthy',
      failures: 0,
      detail: '',
      askHealthAt: now + health.intervalMs,
    } as const;
    const step = policy.readyBy === 'health' ? becomeReady(policy, well, now) : nothing(well);
    const recovered: readonly Verdict[] = checks.health === 'unhealthy' ? [{ kind: 'healthy' }] : [];
    return { next: step.next, verdicts: [...recovered, ...step.verdicts] };
  }
  const failures = checks.failures + 1;
  const waitMs = checks.health === 'starting' ? Math.min(retryMs(checks.tries), health.intervalMs) : health.intervalMs;
  const next = { ...heard, failures, detail, askHealthAt: now + waitMs };
  if (checks.health === 'unhealthy' || !isGivenUp(health, checks, failures, now)) return nothing(next);
  return { next: { ...next, health: 'unhealthy' }, verdicts: [{ kind: 'unhealthy', detail }] };
}

function due(checks: Checks, now: MonotonicMs): CheckStep {
  const isDue = (at: MonotonicMs | null) => at !== null && at <= now;
  if (isDue(checks.unreadyAt)) {
    const verdicts: Verdict[] = [{ kind: 'unready', detail: checks.detail }];
    return { next: { ...checks, unreadyAt: null, askReadyAt: null }, verdicts };
  }
  // One at a time: an answer sets when to ask next.
  if (checks.asking !== null) return nothing(checks);
  if (isDue(checks.askReadyAt)) {
    return { next: { ...checks, asking: 'ready', askReadyAt: null }, verdicts: [{ kind: 'ask', check: 'ready' }] };
  }
  if (!isDue(checks.askHealthAt)) return nothing(checks);
  return { next: { ...checks, asking: 'health', askHealthAt: null }, verdicts: [{ kind: 'ask', check: 'health' }] };
}

function end(checks: Checks): CheckStep {
  return { next: NO_CHECKS, verdicts: checks.asking === null ? [] : [{ kind: 'hush' }] };
}

export function checkStep(policy: CheckPolicy, checks: Checks, input: CheckInput, now: MonotonicMs): CheckStep {
  if (input.kind === 'spawned') return begin(policy, now);
  if (!checks.on) return nothing(checks);
  switch (input.kind) {
    case 'running':
      return policy.readyBy === 'running' ? becomeReady(policy, checks, now) : nothing(checks);
    case 'told':
      return policy.readyBy === 'told' ? becomeReady(policy, checks, now) : nothing(checks);
    case 'answered':
      if (checks.asking !== input.check) return nothing(checks);
      return input.check === 'ready'
        ? answeredReady(policy, checks, input, now)
        : answeredHealth(policy, checks, input, now);
    case 'deadline':
      return due(checks, now);
    case 'ended':
      return end(checks);
  }
}
