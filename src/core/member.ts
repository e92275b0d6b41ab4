import type { MonotonicMs } from '../model/clock.ts';
import type { Dependency } from '../model/dependency.ts';
import type { LogLevel } from '../model/log-level.ts';
import { type CheckKind, type CheckPolicy, type Checks, NO_CHECKS, nextCheckAt } from './checks.ts';
import type { ExitReason } from './exit-decision.ts';
import type { Ranked } from './group-order.ts';
import { type Effect, INITIAL_STATE, type ProcessPolicy, type ProcessState } from './process-state.ts';

export interface MemberSpec extends Ranked {
  readonly policy: ProcessPolicy;
  readonly autostart: boolean;
  readonly main: boolean;
  readonly exitOnFatal: boolean;
  /** It runs only while these hold at its start. */
  readonly dependsOn: readonly Dependency[];
  /** Ids of those whose restart restarts it. */
  readonly restartWith: readonly string[];
  readonly checks: CheckPolicy;
  readonly healthAction: 'restart' | 'shutdown' | 'none';
  /** When its schedule comes due while it runs. */
  readonly overlap: 'skip' | 'queue' | 'kill';
}

/** One process of the fleet with what is to come of it once it has stopped. */
export interface Member {
  spec: MemberSpec;
  process: ProcessState;
  checks: Checks;
  /** Set while it is being stopped for good (`spec: null`) or to come back under another configuration. */
  retirement: { readonly spec: MemberSpec | null; readonly start: boolean } | null;
  /** Starts since it came to the fleet. */
  starts: number;
  /** It is to stop once those that depend on it have. */
  stopsLater: boolean;
  /** Its schedule came due while it ran: one more run afterwards. */
  queued: boolean;
  /** What the log was told last about its waiting. */
  told: string;
}

export const createMember = (spec: MemberSpec): Member => ({
  spec,
  process: INITIAL_STATE,
  checks: NO_CHECKS,
  retirement: null,
  starts: 0,
  stopsLater: false,
  queued: false,
  told: '',
});

/** When something of it is due; Infinity: never. */
export function deadlineOf({ process, checks }: Member): MonotonicMs {
  return Math.min(process.deadline ?? Infinity, nextCheckAt(checks) ?? Infinity);
}

/** Who or what asks for a start. */
export type Asker = 'dependent' | 'schedule' | 'health' | 'memory' | 'restart_with';

/**
 * Orders to the shell. Those of one call are run to the end, with all that their results bring about,
 * before the fleet is called for anything else.
 */
export type FleetEffect =
  | { readonly kind: 'process'; readonly id: string; readonly effect: Effect }
  | { readonly kind: 'log'; readonly level: LogLevel; readonly text: string }
  /** Carry a check out and bring its result in. */
  | { readonly kind: 'ask'; readonly id: string; readonly check: CheckKind }
  /** Whatever check of it is being carried out is not wanted any more. */
  | { readonly kind: 'hush'; readonly id: string }
  /** It has begun or ceased to wait for others, or waits for other ones. */
  | { readonly kind: 'waitChanged'; readonly id: string }
  /** It has become ready or well, or ceased to be. */
  | { readonly kind: 'checksChanged'; readonly id: string; readonly ready: boolean }
  | { readonly kind: 'asked'; readonly id: string; readonly by: Asker }
  | { readonly kind: 'replaced'; readonly id: string }
  | { readonly kind: 'removed'; readonly id: string }
  | { readonly kind: 'shutdownBegan'; readonly reason: ExitReason }
  | { readonly kind: 'finished'; readonly reason: ExitReason };

/** The orders that `act` adds. */
export function collect(act: (effects: FleetEffect[]) => void): FleetEffect[] {
  const effects: FleetEffect[] = [];
  act(effects);
  return effects;
}

/** Gives it another configuration, at once or when it comes back; returns the one before. */
export function adopt(member: Member, spec: MemberSpec): MemberSpec {
  const before = member.spec;
  if (member.retirement === null) member.spec = spec;
  else member.retirement = { ...member.retirement, spec };
  return before;
}
