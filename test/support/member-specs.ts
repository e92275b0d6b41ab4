import type { CheckPolicy } from '../../src/core/checks.ts';
import type { MemberSpec } from '../../src/core/member.ts';
import type { ProcessPolicy } from '../../src/core/process-state.ts';

/** As a program without any options has it. */
export const POLICY: ProcessPolicy = {
  name: 'a',
  startMs: 1000,
  startRetries: 3,
  autorestart: 'unexpected',
  exitCodes: [0],
  stopSteps: [{ signal: 15, waitMs: 10_000 }],
  stopAsGroup: false,
  killAsGroup: false,
  oneshot: false,
  backoff: 'linear',
  backoffMaxMs: null,
  restartLimit: null,
  hasPreStart: false,
  hasPostStop: false,
};

export const UNCHECKED: CheckPolicy = { readyBy: 'running', readyTimeoutMs: 60_000, health: null };

/** What only those members have that say so. */
export const PLAIN: Pick<MemberSpec, 'dependsOn' | 'restartWith' | 'checks' | 'healthAction' | 'overlap'> = {
  dependsOn: [],
  restartWith: [],
  checks: UNCHECKED,
  healthAction: 'restart',
  overlap: 'skip',
};

export function memberSpec(
  name: string,
  patch: Partial<Omit<MemberSpec, 'policy'>> = {},
  policy: Partial<ProcessPolicy> = {},
): MemberSpec {
  return {
    ...{ id: name, group: name, groupPriority: 999, name, priority: 999 },
    ...{ autostart: true, main: false, exitOnFatal: false },
    ...PLAIN,
    ...patch,
    policy: { ...POLICY, name, ...policy },
  };
}
