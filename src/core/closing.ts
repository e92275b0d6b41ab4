import type { MonotonicMs } from '../model/clock.ts';
import type { ExitReason } from './exit-decision.ts';
import type { FleetEffect, Member } from './member.ts';
import type { Input } from './process-state.ts';
import { type Audience, Shutdown } from './shutdown.ts';
import { drainableMs } from './shutdown-plan.ts';

const NOBODY: Audience = { has: () => false, isBusy: () => false };

export interface ClosingOptions {
  readonly members: ReadonlyMap<string, Member>;
  /** Milliseconds for a whole shutdown, asked for when one begins; null for no limit. */
  readonly budgetMs: () => number | null;
  /** Milliseconds from the request for a shutdown to the first stop. */
  readonly drainMs?: () => number;
  readonly audience?: Audience;
  readonly apply: (id: string, input: Input, now: MonotonicMs, effects: FleetEffect[]) => void;
}

/** The end of all: first requests drain while everything still runs, then everything is stopped. */
export class Closing {
  readonly #options: ClosingOptions;
  #drain: { readonly reason: ExitReason; readonly since: MonotonicMs; readonly until: MonotonicMs } | null = null;
  #shutdown: Shutdown | null = null;

  constructor(options: ClosingOptions) {
    this.#options = options;
  }

  get hasBegun(): boolean {
    return this.#drain !== null || this.#shutdown !== null;
  }

  /** Nothing comes back any more. */
  get isStopping(): boolean {
    return this.#shutdown !== null;
  }

  get deadline(): MonotonicMs {
    return Math.min(this.#shutdown?.deadline ?? Infinity, this.#drain?.until ?? Infinity);
  }

  /** Only what was asked for has others to take over meanwhile. */
  begin(reason: ExitReason, now: MonotonicMs, effects: FleetEffect[]): void {
    if (this.#shutdown !== null) return;
    if (this.#drain !== null) {
      if (reason.kind !== 'requested') this.#stop(now, effects);
      return;
    }
    const { budgetMs, drainMs } = this.#options;
    const drains = reason.kind === 'requested' ? drainableMs(drainMs?.() ?? 0, budgetMs()) : 0;
    this.#drain = { reason, since: now, until: now + drains };
    effects.push({ kind: 'shutdownBegan', reason });
    if (drains === 0) this.#stop(now, effects);
    else effects.push({ kind: 'log', level: 'info', text: `draining for ${drains / 1000} seconds (drain_delay)` });
  }

  tick(now: MonotonicMs, effects: FleetEffect[]): void {
    if (this.#drain !== null && now >= this.#drain.until) this.#stop(now, effects);
    this.#shutdown?.tick(now, effects);
  }

  killAll(now: MonotonicMs, effects: FleetEffect[]): void {
    this.#stop(now, effects);
    this.#shutdown?.killAll(now, effects);
  }

  /** A process is down. */
  settled(id: string, now: MonotonicMs, effects: FleetEffect[]): void {
    this.#shutdown?.settled(id, now, effects);
  }

  #stop(now: MonotonicMs, effects: FleetEffect[]): void {
    if (this.#drain === null) return;
    const { members, apply, audience = NOBODY } = this.#options;
    const { reason, since } = this.#drain;
    const budgetMs = this.#options.budgetMs();
    const left = budgetMs === null ? null : Math.max(0, budgetMs - (now - since));
    this.#drain = null;
    this.#shutdown = new Shutdown({ members, reason, budgetMs: left, audience, apply });
    this.#shutdown.begin(now, effects);
  }
}
