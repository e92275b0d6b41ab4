import type { LogLevel } from '../model/log-level.ts';
import type { ExitReason } from './exit-decision.ts';
import type { Ranked } from './group-order.ts';
import type { Effect, ProcessPolicy, ProcessState } from './process-state.ts';

export interface MemberSpec extends Ranked {
  readonly policy: ProcessPolicy;
  readonly autostart: boolean;
  readonly main: boolean;
  readonly exitOnFatal: boolean;
}

/** One process of the fleet with what is to come of it once it has stopped. */
export interface Member {
  spec: MemberSpec;
  process: ProcessState;
  /** Set while it is being stopped for good (`spec: null`) or to come back under another configuration. */
  retirement: { readonly spec: MemberSpec | null; readonly start: boolean } | null;
}

/**
 * Orders to the shell. Those of one call are run to the end, with all that their results bring about,
 * before the fleet is called for anything else.
 */
export type FleetEffect =
  | { readonly kind: 'process'; readonly id: string; readonly effect: Effect }
  | { readonly kind: 'log'; readonly level: LogLevel; readonly text: string }
  | { readonly kind: 'replaced'; readonly id: string }
  | { readonly kind: 'removed'; readonly id: string }
  | { readonly kind: 'shutdownBegan'; readonly reason: ExitReason }
  | { readonly kind: 'finished'; readonly reason: ExitReason };
