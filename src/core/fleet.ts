import type { MonotonicMs } from '../model/clock.ts';
import { STOPPED_STATES } from '../model/states.ts';
import { type ExitReason, exitReasonOf } from './exit-decision.ts';
import { startOrder } from './group-order.ts';
import type { FleetEffect, Member, MemberSpec } from './member.ts';
import { step } from './process-machine.ts';
import { INITIAL_STATE, type Input, type ProcessState } from './process-state.ts';
import { type Audience, Shutdown } from './shutdown.ts';

/** It would come back by itself. */
const hasRestartAhead = ({ state, deadline }: ProcessState): boolean =>
  state === 'BACKOFF' || (state === 'EXITED' && deadline !== null);

const NOBODY: Audience = { has: () => false, isBusy: () => false };

/** All processes together: who starts, stops and ends what, and when it is over. No I/O; time comes in. */
export class Fleet {
  readonly members = new Map<string, Member>();
  #shutdown: Shutdown | null = null;
  readonly #budgetMs: () => number | null;
  readonly #audience: Audience;

  /** @param budgetMs milliseconds for a whole shutdown, asked for when one begins; null for no limit */
  constructor(budgetMs: () => number | null, audience: Audience = NOBODY) {
    this.#budgetMs = budgetMs;
    this.#audience = audience;
  }

  get isShuttingDown(): boolean {
    return this.#shutdown !== null;
  }

  add(spec: MemberSpec): void {
    this.members.set(spec.id, { spec, process: INITIAL_STATE, retirement: null });
  }

  /** Gives a process another configuration while it runs. */
  update(spec: MemberSpec): void {
    const member = this.members.get(spec.id);
    if (member === undefined) return;
    if (member.retirement === null) member.spec = spec;
    else member.retirement = { ...member.retirement, spec };
  }

  /** Ids to start on their own, in order. */
  autostarts(): string[] {
    return startOrder([...this.members.values()].filter(({ spec }) => spec.autostart).map(({ spec }) => spec));
  }

  /** Feeds one fact or wish to one process. Unknown ids (gone meanwhile) do nothing. */
  handle(id: string, input: Input, now: MonotonicMs): FleetEffect[] {
    const effects: FleetEffect[] = [];
    if (input.kind !== 'start' || this.#shutdown === null) this.#apply(id, input, now, effects);
    return effects;
  }

  /** Stops a process, then removes it (`spec: null`) or gives it another configuration, and starts it if asked to. */
  retire(id: string, spec: MemberSpec | null, start: boolean, now: MonotonicMs): FleetEffect[] {
    const effects: FleetEffect[] = [];
    const member = this.members.get(id);
    if (member === undefined) return effects;
    member.retirement = { spec, start };
    this.#apply(id, { kind: 'stop' }, now, effects);
    return effects;
  }

  beginShutdown(reason: ExitReason, now: MonotonicMs): FleetEffect[] {
    const effects: FleetEffect[] = [];
    this.#beginShutdown(reason, now, effects);
    return effects;
  }

  /** SIGKILL to all, and no more waiting for layers. */
  killAll(now: MonotonicMs): FleetEffect[] {
    const effects: FleetEffect[] = [];
    this.#shutdown?.killAll(now, effects);
    return effects;
  }

  /** Ids whose deadline has come. The shell gives each of them a `deadline`, then calls `tick`. */
  due(now: MonotonicMs): string[] {
    const ids: string[] = [];
    for (const [id, { process }] of this.members) {
      if (process.deadline !== null && process.deadline <= now) ids.push(id);
    }
    return ids;
  }

  /** Deadlines of the fleet itself: reports and budget of a shutdown. */
  tick(now: MonotonicMs): FleetEffect[] {
    const effects: FleetEffect[] = [];
    this.#shutdown?.tick(now, effects);
    return effects;
  }

  nextDeadline(): MonotonicMs | null {
    let nearest = this.#shutdown?.deadline ?? Infinity;
    for (const { process } of this.members.values()) {
      if (process.deadline !== null && process.deadline < nearest) nearest = process.deadline;
    }
    return nearest === Infinity ? null : nearest;
  }

  #apply(id: string, input: Input, now: MonotonicMs, effects: FleetEffect[]): void {
    const member = this.members.get(id);
    if (member === undefined) return;
    const { next, effects: ordered } = step(member.spec.policy, member.process, input, now);
    member.process = next;
    for (const effect of ordered) effects.push({ kind: 'process', id, effect });
    if (this.#shutdown !== null && hasRestartAhead(next)) {
      this.#apply(id, { kind: 'shutdownBegan' }, now, effects);
      return;
    }
    if (STOPPED_STATES.has(next.state)) this.#settle(id, member, now, effects);
  }

  /** A process is down: that may complete its retirement, a layer of the shutdown, or be the end of all. */
  #settle(id: string, member: Member, now: MonotonicMs, effects: FleetEffect[]): void {
    if (this.#shutdown !== null) this.#shutdown.settled(id, now, effects);
    else if (member.retirement !== null) this.#completeRetirement(id, member, now, effects);
    else {
      const reason = exitReasonOf({ id, main: member.spec.main, exitOnFatal: member.spec.exitOnFatal }, member.process);
      if (reason !== null) this.#beginShutdown(reason, now, effects);
    }
  }

  #completeRetirement(id: string, member: Member, now: MonotonicMs, effects: FleetEffect[]): void {
    const { retirement } = member;
    // An UNKNOWN process may still be alive: it is replaced when its end is known.
    if (retirement === null || member.process.pid !== 0) return;
    member.retirement = null;
    if (retirement.spec === null) {
      this.members.delete(id);
      effects.push({ kind: 'removed', id });
      return;
    }
    member.spec = retirement.spec;
    member.process = INITIAL_STATE;
    effects.push({ kind: 'replaced', id });
    if (retirement.start) this.#apply(id, { kind: 'start' }, now, effects);
  }

  #beginShutdown(reason: ExitReason, now: MonotonicMs, effects: FleetEffect[]): void {
    if (this.#shutdown !== null) return;
    effects.push({ kind: 'shutdownBegan', reason });
    const shutdown = new Shutdown({
      members: this.members,
      reason,
      budgetMs: this.#budgetMs(),
      audience: this.#audience,
      apply: (id, input, at, into) => this.#apply(id, input, at, into),
    });
    this.#shutdown = shutdown;
    shutdown.begin(now, effects);
  }
}
