import type { MonotonicMs } from '../model/clock.ts';
import type { CheckInput } from './checks.ts';
import { Closing, type ClosingOptions } from './closing.ts';
import { Dependencies } from './dependencies.ts';
import { type ExitReason, exitReasonOf } from './exit-decision.ts';
import { FleetChecks } from './fleet-checks.ts';
import { startOrder } from './group-order.ts';
import {
  type Asker,
  adopt,
  collect,
  createMember,
  deadlineOf,
  type FleetEffect,
  type Member,
  type MemberSpec,
} from './member.ts';
import { step } from './process-machine.ts';
import { hasStartAhead, INITIAL_STATE, type Input, isDown, type ProcessState } from './process-state.ts';
import { decideSchedule } from './schedule.ts';

export interface FleetOptions extends Omit<ClosingOptions, 'members' | 'apply'> {
  /** A random number from 0 up to 1. */
  readonly chance?: () => number;
}

/** All processes together: who starts, stops and ends what, and when it is over. No I/O; time comes in. */
export class Fleet {
  readonly members = new Map<string, Member>();
  readonly #options: FleetOptions;
  readonly dependencies = new Dependencies(this.members);
  readonly #checks: FleetChecks;
  readonly #closing: Closing;

  constructor(options: FleetOptions) {
    this.#options = options;
    this.#closing = new Closing({ ...options, members: this.members, apply: (...input) => this.#apply(...input) });
    this.#checks = new FleetChecks(this.members, {
      restart: (...order) => this.#restart(...order),
      stopToRetry: (id, why, now, effects) => this.#apply(id, { kind: 'stop', comeback: 'retry', why }, now, effects),
      shutDown: (...order) => this.#closing.begin(...order),
      ready: (...order) => this.#reconsider(...order),
    });
  }

  /** From the request on, while requests drain too; once it is stopping nothing comes back. */
  get isShuttingDown(): boolean {
    return this.#closing.hasBegun;
  }

  get isStopping(): boolean {
    return this.#closing.isStopping;
  }

  add(spec: MemberSpec): void {
    this.members.set(spec.id, createMember(spec));
    this.dependencies.changed();
  }

  /** Gives a process another configuration while it runs; one that waits may have nothing to wait for any more. */
  update(spec: MemberSpec, now: MonotonicMs): FleetEffect[] {
    return collect((effects) => {
      const member = this.members.get(spec.id);
      if (member === undefined) return;
      const needed = adopt(member, spec);
      this.dependencies.changed();
      this.#stopNeeds(needed, now, effects);
      if (member.process.wantsStart && !this.isStopping) this.#admit(spec.id, member, now, effects);
    });
  }

  /** Ids to start on their own, in order. */
  autostarts(): string[] {
    return startOrder([...this.members.values()].filter(({ spec }) => spec.autostart).map(({ spec }) => spec));
  }

  /** Feeds one fact or wish to one process. Unknown ids (gone meanwhile) do nothing. */
  handle(id: string, input: Input, now: MonotonicMs): FleetEffect[] {
    return collect((effects) => this.#handle(id, input, now, effects));
  }

  #handle(id: string, input: Input, now: MonotonicMs, effects: FleetEffect[]): void {
    const member = this.members.get(id);
    if (member === undefined) return;
    if (input.kind === 'start') this.#requestStart(id, member, now, effects);
    else if (input.kind === 'stop') this.#requestStop(id, member, now, effects);
    else this.#apply(id, input, now, effects);
    if (input.kind === 'deadline') this.#checks.tell(id, input, now, effects);
  }

  /** What a check, or the process itself, has told. */
  answer(id: string, input: Extract<CheckInput, { kind: 'answered' | 'told' }>, now: MonotonicMs): FleetEffect[] {
    return collect((effects) => this.#checks.tell(id, input, now, effects));
  }

  /** A time of its schedule has come. */
  scheduled(id: string, now: MonotonicMs): FleetEffect[] {
    return collect((effects) => {
      const member = this.members.get(id);
      if (member === undefined || this.isShuttingDown || member.retirement !== null) return;
      const decision = decideSchedule(member);
      member.queued = decision.kind === 'wait' && decision.queue;
      if (decision.kind === 'start') this.#startScheduled(id, member, now, effects);
      else if (decision.kind === 'restart') this.#restart(id, 'schedule', decision.why, now, effects);
      else effects.push({ kind: 'log', level: 'info', text: decision.text });
    });
  }

  /** Stops a process that is up, and starts it again. */
  restart(id: string, by: Asker, why: string, now: MonotonicMs): FleetEffect[] {
    return collect((effects) => this.#restart(id, by, why, now, effects));
  }

  /** Stops a process, then removes it (`spec: null`) or gives it another configuration, and starts it if asked to. */
  retire(id: string, spec: MemberSpec | null, start: boolean, now: MonotonicMs): FleetEffect[] {
    return collect((effects) => {
      const member = this.members.get(id);
      if (member === undefined) return;
      member.retirement = { spec, start };
      this.#requestStop(id, member, now, effects);
    });
  }

  beginShutdown(reason: ExitReason, now: MonotonicMs): FleetEffect[] {
    return collect((effects) => this.#closing.begin(reason, now, effects));
  }

  /** SIGKILL to all, and no more waiting for layers. */
  killAll(now: MonotonicMs): FleetEffect[] {
    return collect((effects) => this.#closing.killAll(now, effects));
  }

  /** Ids whose deadline has come. The shell gives each of them a `deadline`, then calls `tick`. */
  due(now: MonotonicMs): string[] {
    return [...this.members.values()].filter((member) => deadlineOf(member) <= now).map(({ spec }) => spec.id);
  }

  /** Deadlines of the fleet itself: drain, reports and budget of a shutdown. */
  tick(now: MonotonicMs): FleetEffect[] {
    return collect((effects) => this.#closing.tick(now, effects));
  }

  nextDeadline(): MonotonicMs | null {
    let nearest = this.#closing.deadline;
    for (const member of this.members.values()) nearest = Math.min(nearest, deadlineOf(member));
    return nearest === Infinity ? null : nearest;
  }

  /** What it needs and nobody has started is started with it. */
  #requestStart(id: string, member: Member, now: MonotonicMs, effects: FleetEffect[]): void {
    if (this.isShuttingDown) return;
    member.stopsLater = false;
    if (isDown(member.process) && !hasStartAhead(member.process)) {
      const needs = this.dependencies.idleNeedsOf(member);
      for (const needed of needs) effects.push({ kind: 'asked', id: needed, by: 'dependent' });
      for (const needed of needs) this.#handle(needed, { kind: 'start' }, now, effects);
    }
    this.#apply(id, { kind: 'start' }, now, effects);
  }

  #startScheduled(id: string, member: Member, now: MonotonicMs, effects: FleetEffect[]): void {
    member.queued = false;
    effects.push({ kind: 'asked', id, by: 'schedule' });
    this.#requestStart(id, member, now, effects);
  }

  /** Those that depend on it and are on their way down go first. */
  #requestStop(id: string, member: Member, now: MonotonicMs, effects: FleetEffect[]): void {
    if (this.isStopping) return;
    member.queued = false;
    const { pid, task } = member.process;
    member.stopsLater = pid !== 0 && task === 'program' && this.dependencies.hasStoppingDependents(id);
    if (!member.stopsLater) this.#apply(id, { kind: 'stop' }, now, effects);
  }

  #restart(id: string, by: Asker, why: string, now: MonotonicMs, effects: FleetEffect[]): void {
    const member = this.members.get(id);
    if (member === undefined || this.isStopping) return;
    const { state, pid } = member.process;
    // Without a pid it is being started this very moment.
    if (pid === 0 || (state !== 'STARTING' && state !== 'RUNNING')) return;
    effects.push({ kind: 'log', level: 'warn', text: `restarting '${member.spec.policy.name}': ${why}` });
    effects.push({ kind: 'asked', id, by });
    this.#apply(id, { kind: 'stop', comeback: 'restart' }, now, effects);
  }

  #apply(id: string, input: Input, now: MonotonicMs, effects: FleetEffect[]): void {
    const member = this.members.get(id);
    if (member === undefined) return;
    const before = member.process;
    const { next, effects: ordered } = step(member.spec.policy, before, input, now, this.#options.chance?.() ?? 0);
    member.process = next;
    for (const effect of ordered) effects.push({ kind: 'process', id, effect });
    // Ready or well or not, it is to stop when it has its turn.
    if (input.kind === 'shutdownBegan') {
      member.stopsLater = false;
      this.#checks.tell(id, { kind: 'ended' }, now, effects);
    }
    if (this.#closing.isStopping && input.kind !== 'shutdownBegan' && hasStartAhead(next)) {
      this.#apply(id, { kind: 'shutdownBegan' }, now, effects);
      return;
    }
    if (before === next) return;
    this.#followLife(id, member, before, now, effects);
    if (next.wantsStart && !before.wantsStart) this.#admit(id, member, now, effects);
    // What came of that may have changed it again, and has been seen to then.
    if (member.process === next) this.#followUp(id, member, before, now, effects);
  }

  /** Its checks and followers live as it does. */
  #followLife(id: string, member: Member, before: ProcessState, now: MonotonicMs, effects: FleetEffect[]): void {
    const { process } = member;
    const isUp = process.state === 'STARTING' || process.state === 'RUNNING';
    if (isUp && process.task === 'program' && process.pid !== 0 && before.pid !== process.pid) {
      this.#checks.tell(id, { kind: 'spawned' }, now, effects);
    }
    if (process.state === 'RUNNING' && before.state !== 'RUNNING')
      this.#checks.tell(id, { kind: 'running' }, now, effects);
    if (!isUp) this.#checks.tell(id, { kind: 'ended' }, now, effects);
    if (process.state !== 'STARTING' || before.state === 'STARTING') return;
    member.told = '';
    member.starts += 1;
    const why = `${member.spec.policy.name} was restarted (restart_with)`;
    const followers = member.starts === 1 ? [] : this.dependencies.followersOf(id);
    for (const follower of followers) this.#restart(follower, 'restart_with', why, now, effects);
  }

  #followUp(id: string, member: Member, before: ProcessState, now: MonotonicMs, effects: FleetEffect[]): void {
    // It may have another configuration once it is settled.
    const { process, spec } = member;
    if (process.wantsStart !== before.wantsStart) effects.push({ kind: 'waitChanged', id });
    // It was to stop later, and has ended by itself: it must not come back.
    if (member.stopsLater && process.pid === 0) this.#requestStop(id, member, now, effects);
    // Before others start: this may be the end of all.
    if (isDown(process)) this.#settle(id, member, now, effects);
    // What was to come back has completed for good when it does not.
    const isOther = process.state !== before.state || process.pid !== before.pid;
    if (isOther || hasStartAhead(process) !== hasStartAhead(before)) this.#reconsider(id, now, effects);
    if (isDown(process)) this.#stopNeeds(spec, now, effects);
  }

  #admit(id: string, member: Member, now: MonotonicMs, effects: FleetEffect[]): void {
    const waits = this.dependencies.waitsOf(id);
    const text = `'${member.spec.policy.name}' waits for ${waits.join(', ')}`;
    if (waits.length === 0) this.#apply(id, { kind: 'admitted' }, now, effects);
    else if (text !== member.told) {
      // What it still waits for is no news, unless that is not likely to come.
      const level = member.told === '' || text.includes('FATAL') ? 'info' : 'debug';
      member.told = text;
      effects.push({ kind: 'waitChanged', id }, { kind: 'log', level, text });
    }
  }

  /** Of those that wait for it, starts the ones that need not any more. */
  #reconsider(id: string, now: MonotonicMs, effects: FleetEffect[]): void {
    for (const dependent of this.isStopping ? [] : this.dependencies.dependentsOf(id)) {
      const member = this.members.get(dependent);
      if (member?.process.wantsStart === true) this.#admit(dependent, member, now, effects);
    }
  }

  /** It is down, or needs other ones now: what it needed may have waited for that to stop as well. */
  #stopNeeds({ dependsOn }: MemberSpec, now: MonotonicMs, effects: FleetEffect[]): void {
    for (const { id } of dependsOn) {
      const needed = this.members.get(id);
      if (needed?.stopsLater === true) this.#requestStop(id, needed, now, effects);
    }
  }

  /** A process is down: that may complete its retirement, a layer of the shutdown, or be the end of all. */
  #settle(id: string, member: Member, now: MonotonicMs, effects: FleetEffect[]): void {
    if (this.#closing.isStopping) this.#closing.settled(id, now, effects);
    else if (member.retirement !== null) this.#completeRetirement(id, member, now, effects);
    else {
      const reason = exitReasonOf(member.spec, member.process);
      if (reason !== null) this.#closing.begin(reason, now, effects);
      else if (member.queued && !hasStartAhead(member.process)) this.#startScheduled(id, member, now, effects);
    }
  }

  #completeRetirement(id: string, member: Member, now: MonotonicMs, effects: FleetEffect[]): void {
    const { retirement } = member;
    // An UNKNOWN process may still be alive: it is replaced when its end is known.
    if (retirement === null || member.process.pid !== 0) return;
    member.retirement = null;
    this.dependencies.changed();
    if (retirement.spec === null) {
      this.members.delete(id);
      effects.push({ kind: 'removed', id });
      this.#reconsider(id, now, effects);
      return;
    }
    member.spec = retirement.spec;
    member.process = INITIAL_STATE;
    effects.push({ kind: 'replaced', id });
    if (retirement.start) this.#requestStart(id, member, now, effects);
  }
}
