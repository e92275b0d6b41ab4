import assert from 'node:assert/strict';
import type { ExitReason } from '../../src/core/exit-decision.ts';
import { Fleet } from '../../src/core/fleet.ts';
import type { FleetEffect, MemberSpec } from '../../src/core/member.ts';
import type { Effect, Input } from '../../src/core/process-state.ts';
import { type ExitStatus, killedBy } from '../../src/model/exit-status.ts';
import { RUNNING_STATES, STOPPED_STATES } from '../../src/model/states.ts';

const SIGKILL = 9;

/** What programs and the kernel do on their own accord. */
export interface Temper {
  /** Milliseconds from a stop signal to the end; null: it takes only SIGKILL. */
  readonly stopsAfterMs: number | null;
  readonly diesAfterMs: number;
  /** The same for a child in its process group; undefined: it has none. */
  readonly childStopsAfterMs: number | null | undefined;
}

const PLAIN_TEMPER: Temper = { stopsAfterMs: 0, diesAfterMs: 0, childStopsAfterMs: undefined };

interface LiveProcess {
  readonly id: string;
  readonly temper: Temper;
  dyingAt: number;
  status: ExitStatus;
  /** When the last other process of its group ends; null: there is none. */
  groupEndsAt: number | null;
}

/** A fleet in a world of made-up processes and time, watched for what must never happen. */
export class SimulatedWorld {
  readonly fleet: Fleet;
  now = 0;
  finishedAt: number | null = null;
  reason: ExitReason | null = null;
  shutdownAt: number | null = null;
  readonly live = new Map<number, LiveProcess>();
  /** Groups whose leader is gone. */
  readonly #leftBehind = new Map<number, LiveProcess>();
  readonly #tempers = new Map<string, Temper>();
  readonly #stopAsked = new Set<string>();
  readonly #failedStarts = new Map<string, number>();
  readonly #failNextSpawn = new Set<string>();
  readonly #failNextKill = new Set<string>();
  #forced = false;
  #nextPid = 100;
  readonly #budgetMs: number | null;

  constructor(specs: readonly MemberSpec[], tempers: readonly Temper[], budgetMs: number | null) {
    this.#budgetMs = budgetMs;
    this.fleet = new Fleet(() => budgetMs);
    specs.forEach((spec, index) => {
      this.fleet.add(spec);
      this.#tempers.set(spec.id, tempers[index % tempers.length] ?? PLAIN_TEMPER);
    });
  }

  autostart(): void {
    for (const id of this.fleet.autostarts()) this.feed(id, { kind: 'start' });
  }

  start(id: string): void {
    if (!STOPPED_STATES.has(this.#state(id)) || this.fleet.isShuttingDown) return;
    this.#stopAsked.delete(id);
    this.#failedStarts.set(id, 0);
    this.feed(id, { kind: 'start' });
  }

  stop(id: string): void {
    if (RUNNING_STATES.has(this.#state(id)) || this.#state(id) === 'EXITED') this.#stopAsked.add(id);
    this.feed(id, { kind: 'stop' });
  }

  retire(id: string, spec: MemberSpec | null): void {
    if (this.fleet.isShuttingDown) return;
    this.#stopAsked.delete(id);
    this.#failedStarts.set(id, 0);
    this.#run(this.fleet.retire(id, spec, true, this.now));
  }

  shutdown(): void {
    this.#run(this.fleet.beginShutdown({ kind: 'requested', by: 'test' }, this.now));
  }

  killAll(): void {
    this.#forced = true;
    this.#run(this.fleet.killAll(this.now));
  }

  failNextSpawn(id: string): void {
    this.#failNextSpawn.add(id);
  }

  failNextKill(id: string): void {
    this.#failNextKill.add(id);
  }

  /** A live process of `id`, if any, ends by itself. */
  end(id: string, status: ExitStatus): void {
    for (const process of this.live.values()) {
      if (process.id === id && process.dyingAt > this.now) Object.assign(process, { dyingAt: this.now, status });
    }
    this.advance(0);
  }

  feed(id: string, input: Input): void {
    this.#run(this.fleet.handle(id, input, this.now));
  }

  /** Lets `ms` go by, with all deaths and deadlines on the way. */
  advance(ms: number): void {
    const until = this.now + ms;
    for (;;) {
      const death = this.#nextDeath();
      const deadline = this.fleet.nextDeadline() ?? Infinity;
      const groupEnd = this.#nextGroupEnd();
      const next = Math.min(death?.at ?? Infinity, groupEnd?.at ?? Infinity, deadline);
      if (next > until || this.finishedAt !== null) break;
      this.now = Math.max(this.now, next);
      if (death !== null && death.at <= next) this.#reap(death.pid);
      else if (groupEnd !== null && groupEnd.at <= next) this.#endGroup(groupEnd.pid);
      else this.#runDeadlines();
    }
    this.now = until;
  }

  #runDeadlines(): void {
    for (const id of this.fleet.due(this.now)) this.feed(id, { kind: 'deadline' });
    this.#run(this.fleet.tick(this.now));
    const nearest = this.fleet.nextDeadline();
    assert.ok(nearest === null || nearest > this.now || this.fleet.due(this.now).length > 0, 'a deadline was served');
  }

  #nextDeath(): { pid: number; at: number } | null {
    let nearest: { pid: number; at: number } | null = null;
    for (const [pid, { dyingAt }] of this.live) {
      if (dyingAt < (nearest?.at ?? Infinity)) nearest = { pid, at: dyingAt };
    }
    return nearest;
  }

  #nextGroupEnd(): { pid: number; at: number } | null {
    let nearest: { pid: number; at: number } | null = null;
    for (const [pid, { groupEndsAt }] of this.#leftBehind) {
      if (groupEndsAt !== null && groupEndsAt < (nearest?.at ?? Infinity)) nearest = { pid, at: groupEndsAt };
    }
    return nearest;
  }

  #reap(pid: number): void {
    const process = this.live.get(pid);
    if (process === undefined) return;
    this.live.delete(pid);
    const groupAlive = process.groupEndsAt !== null && this.#state(process.id) === 'STOPPING';
    if (groupAlive) this.#leftBehind.set(pid, process);
    this.feed(process.id, { kind: 'exited', status: process.status, groupAlive });
  }

  #endGroup(pid: number): void {
    const process = this.#leftBehind.get(pid);
    this.#leftBehind.delete(pid);
    if (process !== undefined) this.feed(process.id, { kind: 'groupGone' });
  }

  #run(effects: readonly FleetEffect[]): void {
    for (const effect of effects) {
      if (effect.kind === 'process') this.#runProcessEffect(effect.id, effect.effect);
      if (effect.kind === 'shutdownBegan') this.shutdownAt = this.now;
      if (effect.kind === 'removed') assert.equal(this.#liveOf(effect.id), 0, 'removed while alive');
      if (effect.kind === 'finished') {
        assert.equal(this.finishedAt, null, 'finished twice');
        this.finishedAt = this.now;
        this.reason = effect.reason;
      }
    }
  }

  #runProcessEffect(id: string, effect: Effect): void {
    if (effect.kind === 'spawn') this.#spawn(id);
    if (effect.kind === 'kill') this.#kill(id, effect);
    if (effect.kind === 'sweepGroup') this.#killGroup(effect.pid, SIGKILL);
    if (effect.kind === 'emit' && effect.change.state === 'BACKOFF') {
      this.#failedStarts.set(id, (this.#failedStarts.get(id) ?? 0) + 1);
    }
    if (effect.kind === 'emit' && effect.change.state === 'RUNNING') this.#failedStarts.set(id, 0);
    if (effect.kind === 'emit' && effect.change.state === 'FATAL') this.#checkFatal(id);
  }

  #checkFatal(id: string): void {
    const retries = this.fleet.members.get(id)?.spec.policy.startRetries ?? 0;
    if (this.shutdownAt === null || this.shutdownAt === this.now) {
      const failed = this.#failedStarts.get(id) ?? 0;
      assert.ok(this.fleet.isShuttingDown || failed === retries + 1, `FATAL after ${failed} of ${retries + 1} tries`);
    }
    this.#failedStarts.set(id, 0);
  }

  #spawn(id: string): void {
    assert.equal(this.#liveOf(id), 0, `two live processes of ${id}`);
    assert.ok(!this.#stopAsked.has(id), `${id} was started after a stop was asked for`);
    assert.equal(this.shutdownAt, null, `${id} was started after shutdown began`);
    assert.ok(this.fleet.members.has(id), `${id} is not of the fleet`);
    if (this.#failNextSpawn.delete(id)) {
      this.feed(id, { kind: 'spawnFailed', reason: 'simulated', exitCode: 127 });
      return;
    }
    const pid = this.#nextPid++;
    const temper = this.#tempers.get(id) ?? PLAIN_TEMPER;
    const groupEndsAt = temper.childStopsAfterMs === undefined ? null : Infinity;
    this.live.set(pid, { id, temper, dyingAt: Infinity, status: killedBy(SIGKILL), groupEndsAt });
    this.feed(id, { kind: 'spawned', pid });
  }

  #killGroup(pid: number, signal: number): void {
    const process = this.live.get(pid) ?? this.#leftBehind.get(pid);
    const after = signal === SIGKILL ? 0 : (process?.temper.childStopsAfterMs ?? null);
    if (process === undefined || process.groupEndsAt === null || after === null) return;
    process.groupEndsAt = Math.min(process.groupEndsAt, this.now + after);
  }

  #kill(id: string, { pid, signal, group }: Extract<Effect, { kind: 'kill' }>): void {
    if (group) this.#killGroup(pid, signal);
    assert.ok(pid > 0, 'a kill names a process');
    this.#checkLayer(id);
    if (this.#failNextKill.delete(id) && signal !== SIGKILL) {
      // Who is left of the group then belongs to another user, and is no process of ours.
      this.#leftBehind.delete(pid);
      this.feed(id, { kind: 'killFailed', errno: 'EPERM' });
      return;
    }
    const process = this.live.get(pid);
    if (process === undefined) return;
    const after = signal === SIGKILL ? process.temper.diesAfterMs : process.temper.stopsAfterMs;
    if (after === null || this.now + after >= process.dyingAt) return;
    process.dyingAt = this.now + after;
    process.status = killedBy(signal);
  }

  /** In a shutdown nobody of a later layer is signalled while an earlier one is still up. */
  #checkLayer(id: string): void {
    const priority = this.fleet.members.get(id)?.spec.groupPriority ?? 0;
    if (this.shutdownAt === null || this.#forced) return;
    if (this.#budgetMs !== null && this.now - this.shutdownAt > this.#budgetMs * 0.5) return;
    for (const { spec, process } of this.fleet.members.values()) {
      const wasRetiring = process.state === 'STOPPING' && spec.groupPriority < priority;
      const later = spec.groupPriority > priority && !STOPPED_STATES.has(process.state);
      assert.ok(
        !later || wasRetiring || this.#state(id) === 'STOPPING',
        `${id} was signalled before ${spec.id} was down`,
      );
    }
  }

  #liveOf(id: string): number {
    const processes = [...this.live.values(), ...this.#leftBehind.values()];
    return processes.filter((process) => process.id === id).length;
  }

  #state(id: string) {
    return this.fleet.members.get(id)?.process.state ?? 'STOPPED';
  }
}
