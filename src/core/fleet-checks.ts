import type { MonotonicMs } from '../model/clock.ts';
import { type CheckInput, checkStep, type Verdict } from './checks.ts';
import type { ExitReason } from './exit-decision.ts';
import type { Asker, FleetEffect, Member } from './member.ts';

/** What the answers to checks may lead to. */
export interface CheckConsequences {
  restart(id: string, by: Asker, why: string, now: MonotonicMs, effects: FleetEffect[]): void;
  stopToRetry(id: string, why: string, now: MonotonicMs, effects: FleetEffect[]): void;
  shutDown(reason: ExitReason, now: MonotonicMs, effects: FleetEffect[]): void;
  ready(id: string, now: MonotonicMs, effects: FleetEffect[]): void;
}

/** Readiness and health of every process of a fleet. */
export class FleetChecks {
  readonly #members: ReadonlyMap<string, Member>;
  readonly #consequences: CheckConsequences;

  constructor(members: ReadonlyMap<string, Member>, consequences: CheckConsequences) {
    this.#members = members;
    this.#consequences = consequences;
  }

  tell(id: string, input: CheckInput, now: MonotonicMs, effects: FleetEffect[]): void {
    const member = this.#members.get(id);
    if (member === undefined) return;
    const { next, verdicts } = checkStep(member.spec.checks, member.checks, input, now);
    const isNews = next.ready !== member.checks.ready || next.health !== member.checks.health;
    member.checks = next;
    if (isNews) effects.push({ kind: 'checksChanged', id, ready: next.ready });
    for (const verdict of verdicts) this.#rule(id, member, verdict, now, effects);
  }

  #rule(id: string, member: Member, verdict: Verdict, now: MonotonicMs, effects: FleetEffect[]): void {
    const { policy, checks } = member.spec;
    const say = (level: 'info' | 'warn', text: string) => effects.push({ kind: 'log', level, text });
    if (verdict.kind === 'ask') effects.push({ kind: 'ask', id, check: verdict.check });
    else if (verdict.kind === 'hush') effects.push({ kind: 'hush', id });
    else if (verdict.kind === 'healthy') say('info', `healthy again: ${policy.name}`);
    else if (verdict.kind === 'unhealthy') this.#ruleUnhealthy(id, member, verdict.detail, now, effects);
    else if (verdict.kind === 'unready') this.#ruleUnready(id, member, verdict.detail, now, effects);
    else {
      // What is ready as soon as it runs need not say so twice.
      if (checks.readyBy !== 'running')
        say('info', `ready: ${policy.name}, after ${Math.round(verdict.afterMs / 10) / 100} seconds`);
      this.#consequences.ready(id, now, effects);
    }
  }

  #ruleUnready(id: string, member: Member, detail: string, now: MonotonicMs, effects: FleetEffect[]): void {
    const { policy, checks } = member.spec;
    const why = `not ready within ${(checks.readyTimeoutMs ?? 0) / 1000} seconds${detail === '' ? '' : `: ${detail}`}`;
    effects.push({ kind: 'log', level: 'warn', text: `stopping '${policy.name}': ${why}` });
    this.#consequences.stopToRetry(id, why, now, effects);
  }

  #ruleUnhealthy(id: string, member: Member, detail: string, now: MonotonicMs, effects: FleetEffect[]): void {
    const { policy, healthAction } = member.spec;
    const { restart, shutDown } = this.#consequences;
    if (healthAction === 'restart') restart(id, 'health', `unhealthy: ${detail}`, now, effects);
    else effects.push({ kind: 'log', level: 'warn', text: `unhealthy: ${policy.name} (${detail})` });
    if (healthAction === 'shutdown') shutDown({ kind: 'unhealthy', id, why: detail }, now, effects);
  }
}
