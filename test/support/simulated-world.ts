import assert from 'node:assert/strict';
import type { CheckKind } from '../../src/core/checks.ts';
import type { ExitReason } from '../../src/core/exit-decision.ts';
import { Fleet } from '../../src/core/fleet.ts';
import type { FleetEffect, MemberSpec } from '../../src/core/member.ts';
import { type Effect, type Input, isDown, type Task } from '../../src/core/process-state.ts';
import { type ExitStatus, exitedWith, killedBy } from '../../src/model/exit-status.ts';
import { STOPPED_STATES } from '../../src/model/states.ts';
import { Invariants } from './simulated-invariants.ts';

const SIGKILL = 9;

/** What programs and the kernel do on their own accord. */
export interface Temper {
  /** Milliseconds from a stop signal to the end; null: it takes only SIGKILL. */
  readonly stopsAfterMs: number | null;
  readonly diesAfterMs: number;
  /** The same for a child in its process group; undefined: it has none. */
  readonly childStopsAfterMs: number | null | undefined;
  /** Milliseconds that the commands before and after it take; null: they hang. */
  readonly hookMs: number | null;
  readonly hookCode: number;
  /** Milliseconds that it takes to answer a check. */
  readonly answersAfterMs: number;
}

export const PLAIN_TEMPER: Temper = {
  stopsAfterMs: 0,
  diesAfterMs: 0,
  childStopsAfterMs: undefined,
  hookMs: 0,
  hookCode: 0,
  answersAfterMs: 0,
};

export interface LiveProcess {
  readonly id: string;
  readonly task: Task;
  readonly temper: Temper;
  dyingAt: number;
  status: ExitStatus;
  /** When the last other process of its group ends; null: there is none. */
  groupEndsAt: number | null;
}

interface Question {
  readonly check: CheckKind;
  readonly answeredAt: number;
}

export interface WorldOptions {
  readonly specs: readonly MemberSpec[];
  readonly tempers: readonly Temper[];
  readonly budgetMs: number | null;
  readonly drainMs: number;
}

/** A fleet in a world of made-up processes and time, watched for what must never happen. */
export class SimulatedWorld {
  readonly fleet: Fleet;
  now = 0;
  finishedAt: number | null = null;
  reason: ExitReason | null = null;
  readonly live = new Map<number, LiveProcess>();
  /** Groups whose leader is gone. */
  readonly leftBehind = new Map<number, LiveProcess>();
  /** Those that answer checks badly. */
  readonly sick = new Set<string>();
  readonly invariants: Invariants;
  readonly #questions = new Map<string, Question>();
  readonly #tempers = new Map<string, Temper>();
  readonly #failNextSpawn = new Set<string>();
  readonly #failNextKill = new Set<string>();
  #nextPid = 100;

  constructor({ specs, tempers, budgetMs, drainMs }: WorldOptions) {
    this.fleet = new Fleet({ budgetMs: () => budgetMs, drainMs: () => drainMs, chance: () => 0.5 });
    this.invariants = new Invariants(this, budgetMs);
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
    this.invariants.startAsked(id);
    this.feed(id, { kind: 'start' });
  }

  stop(id: string): void {
    this.invariants.stopAsked(id);
    this.feed(id, { kind: 'stop' });
  }

  retire(id: string, spec: MemberSpec | null): void {
    if (this.fleet.isShuttingDown) return;
    this.invariants.startAsked(id);
    this.#run(this.fleet.retire(id, spec, true, this.now));
  }

  update(spec: MemberSpec): void {
    this.#run(this.fleet.update(spec, this.now));
  }

  scheduled(id: string): void {
    this.#run(this.fleet.scheduled(id, this.now));
  }

  restart(id: string): void {
    this.#run(this.fleet.restart(id, 'memory', 'too much memory', this.now));
  }

  tell(id: string): void {
    this.#run(this.fleet.answer(id, { kind: 'told' }, this.now));
  }

  shutdown(): void {
    this.#run(this.fleet.beginShutdown({ kind: 'requested', by: 'test' }, this.now));
  }

  killAll(): void {
    this.invariants.forced = true;
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

  /** Lets `ms` go by, with all deaths, answers and deadlines on the way. */
  advance(ms: number): void {
    const until = this.now + ms;
    for (;;) {
      const [at, happen] = this.#next();
      if (at > until || this.finishedAt !== null) break;
      this.now = Math.max(this.now, at);
      happen();
    }
    this.now = until;
  }

  /** What comes next, and when; of what comes together deaths first, deadlines last. */
  #next(): readonly [at: number, happen: () => void] {
    const events: (readonly [number, () => void])[] = [];
    for (const [pid, { dyingAt }] of this.live) events.push([dyingAt, () => this.#reap(pid)]);
    for (const [pid, { groupEndsAt }] of this.leftBehind) {
      events.push([groupEndsAt ?? Infinity, () => this.#endGroup(pid)]);
    }
    for (const [id, { answeredAt }] of this.#questions) events.push([answeredAt, () => this.#answer(id)]);
    events.push([this.fleet.nextDeadline() ?? Infinity, () => this.#runDeadlines()]);
    return events.reduce((first, event) => (event[0] < first[0] ? event : first));
  }

  #runDeadlines(): void {
    for (const id of this.fleet.due(this.now)) this.feed(id, { kind: 'deadline' });
    this.#run(this.fleet.tick(this.now));
    const nearest = this.fleet.nextDeadline();
    assert.ok(nearest === null || nearest > this.now || this.fleet.due(this.now).length > 0, 'a deadline was served');
  }

  #answer(id: string): void {
    const question = this.#questions.get(id);
    this.#questions.delete(id);
    if (question === undefined) return;
    const ok = !this.sick.has(id);
    const detail = ok ? '' : 'it said no';
    this.#run(this.fleet.answer(id, { kind: 'answered', check: question.check, ok, detail }, this.now));
  }

  #reap(pid: number): void {
    const process = this.live.get(pid);
    if (process === undefined) return;
    this.live.delete(pid);
    const { id, task, status } = process;
    const groupAlive = process.groupEndsAt !== null && task === 'program' && this.#state(id) === 'STOPPING';
    if (groupAlive) this.leftBehind.set(pid, process);
    this.feed(id, { kind: 'exited', status, groupAlive });
  }

  #endGroup(pid: number): void {
    const process = this.leftBehind.get(pid);
    this.leftBehind.delete(pid);
    if (process !== undefined) this.feed(process.id, { kind: 'groupGone' });
  }

  #run(effects: readonly FleetEffect[]): void {
    for (const effect of effects) {
      this.invariants.observe(effect);
      if (effect.kind === 'process') this.#runProcessEffect(effect.id, effect.effect);
      if (effect.kind === 'ask') this.#ask(effect.id, effect.check);
      if (effect.kind === 'hush') this.#questions.delete(effect.id);
      if (effect.kind === 'finished') {
        this.finishedAt = this.now;
        this.reason = effect.reason;
      }
    }
  }

  #ask(id: string, check: CheckKind): void {
    assert.ok(!this.#questions.has(id), `${id} was asked twice at once`);
    const { answersAfterMs } = this.#temperOf(id);
    this.#questions.set(id, { check, answeredAt: this.now + answersAfterMs });
  }

  #runProcessEffect(id: string, effect: Effect): void {
    if (effect.kind === 'spawn') this.#spawn(id, effect.task);
    if (effect.kind === 'kill') this.#kill(id, effect);
    if (effect.kind === 'sweepGroup') this.#killGroup(effect.pid, SIGKILL);
  }

  #spawn(id: string, task: Task): void {
    this.invariants.spawning(id, task);
    if (this.#failNextSpawn.delete(id)) {
      this.feed(id, { kind: 'spawnFailed', reason: 'simulated', exitCode: 127 });
      return;
    }
    const pid = this.#nextPid++;
    const temper = this.#temperOf(id);
    const { hookMs, hookCode, childStopsAfterMs } = temper;
    const isProgram = task === 'program';
    this.live.set(pid, {
      ...{ id, task, temper },
      dyingAt: isProgram || hookMs === null ? Infinity : this.now + hookMs,
      status: isProgram ? killedBy(SIGKILL) : exitedWith(hookCode),
      groupEndsAt: isProgram && childStopsAfterMs !== undefined ? Infinity : null,
    });
    this.feed(id, { kind: 'spawned', pid });
  }

  #killGroup(pid: number, signal: number): void {
    const process = this.live.get(pid) ?? this.leftBehind.get(pid);
    const after = signal === SIGKILL ? 0 : (process?.temper.childStopsAfterMs ?? null);
    if (process === undefined || process.groupEndsAt === null || after === null) return;
    process.groupEndsAt = Math.min(process.groupEndsAt, this.now + after);
  }

  #kill(id: string, { pid, signal, group }: Extract<Effect, { kind: 'kill' }>): void {
    if (group) this.#killGroup(pid, signal);
    this.invariants.killing(id, pid);
    if (this.#failNextKill.delete(id) && signal !== SIGKILL) {
      // Who is left of the group then belongs to another user, and is no process of ours.
      this.leftBehind.delete(pid);
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

  #temperOf(id: string): Temper {
    return this.#tempers.get(id) ?? PLAIN_TEMPER;
  }

  #state(id: string) {
    return this.fleet.members.get(id)?.process.state ?? 'STOPPED';
  }

  /** Nothing is on its way: everything runs or is down for good. */
  get isSettled(): boolean {
    return [...this.fleet.members.values()].every(({ process, retirement, stopsLater }) => {
      const isStill = process.state === 'RUNNING' || (isDown(process) && process.deadline === null);
      return isStill && retirement === null && !stopsLater;
    });
  }
}
