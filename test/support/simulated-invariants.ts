import assert from 'node:assert/strict';
import type { Asker, FleetEffect, Member } from '../../src/core/member.ts';
import { hasStartAhead, isDown, type StateChange, type Task } from '../../src/core/process-state.ts';
import type { Dependency } from '../../src/model/dependency.ts';
import type { SimulatedWorld } from './simulated-world.ts';

type World = Pick<SimulatedWorld, 'fleet' | 'now' | 'live' | 'leftBehind' | 'finishedAt'>;

const isSuccess = ({ process, spec }: Member): boolean =>
  process.state === 'EXITED' &&
  process.lastExit?.kind === 'code' &&
  spec.policy.exitCodes.includes(process.lastExit.code) &&
  !hasStartAhead(process);

/** The conditions of the documentation, written down a second time. */
function holds({ condition }: Dependency, target: Member): boolean {
  if (target.retirement !== null || target.stopsLater) return false;
  if (condition === 'completed' || (target.spec.policy.oneshot && isSuccess(target))) return isSuccess(target);
  if (condition === 'ready') return target.checks.ready;
  if (condition === 'running') return target.process.state === 'RUNNING';
  const { state, task, pid } = target.process;
  return state === 'EXITED' || (state !== 'STOPPING' && state !== 'UNKNOWN' && task === 'program' && pid !== 0);
}

/** The same as far as it has been told, in the order in which it was: the fleet itself may be further by then. */
function heldAsTold(
  { condition }: Dependency,
  target: Member,
  told: StateChange | undefined,
  isReady: boolean,
): boolean {
  const { policy } = target.spec;
  const comesBack = policy.autorestart === 'true' && hasStartAhead(target.process);
  const succeeded = told?.state === 'EXITED' && told.expected && !comesBack;
  if (condition === 'completed' || (policy.oneshot && succeeded)) return succeeded;
  if (condition === 'running') return told?.state === 'RUNNING';
  if (condition === 'started') return told !== undefined && ['STARTING', 'RUNNING', 'EXITED'].includes(told.state);
  return isReady;
}

/** What must never happen, whatever does. */
export class Invariants {
  shutdownAt: number | null = null;
  /** Everything is killed at once: no order any more. */
  forced = false;
  readonly #world: World;
  readonly #budgetMs: number | null;
  readonly #stopAsked = new Set<string>();
  readonly #failedStarts = new Map<string, number>();
  readonly #told = new Map<string, StateChange>();
  readonly #ready = new Map<string, boolean>();
  readonly #wasStopping = new Set<string>();
  /** As everything was to stop. */
  #urgencies: ReadonlyMap<string, number> | null = null;

  constructor(world: World, budgetMs: number | null) {
    this.#world = world;
    this.#budgetMs = budgetMs;
  }

  startAsked(id: string): void {
    this.#stopAsked.delete(id);
    this.#failedStarts.set(id, 0);
  }

  stopAsked(id: string): void {
    const member = this.#member(id);
    if (member !== undefined && member.retirement === null) this.#stopAsked.add(id);
  }

  observe(effect: FleetEffect): void {
    if (this.#urgencies === null && this.#world.fleet.isStopping) this.#urgencies = this.#planStops();
    if (effect.kind === 'shutdownBegan') this.shutdownAt = this.#world.now;
    if (effect.kind === 'checksChanged') this.#ready.set(effect.id, effect.ready);
    if (effect.kind === 'replaced') this.#failedStarts.set(effect.id, 0);
    if (effect.kind === 'removed') assert.equal(this.#liveOf(effect.id), 0, 'removed while alive');
    if (effect.kind === 'finished') assert.equal(this.#world.finishedAt, null, 'finished twice');
    if (effect.kind === 'asked') this.#observeAsked(effect.id, effect.by);
    if (effect.kind === 'process' && effect.effect.kind === 'emit') this.#observeState(effect.id, effect.effect.change);
  }

  spawning(id: string, task: Task): void {
    assert.equal(this.#liveOf(id), 0, `two live processes of ${id}`);
    const member = this.#member(id);
    assert.ok(member !== undefined, `${id} is not of the fleet`);
    if (task === 'post_stop') return;
    assert.ok(!this.#stopAsked.has(id), `${id} was started after a stop was asked for`);
    assert.ok(!this.#world.fleet.isStopping, `${id} was started after everything was to stop`);
    if (task === 'program' && member.spec.policy.hasPreStart) return;
    for (const dependency of member.spec.dependsOn) {
      const target = this.#member(dependency.id);
      const told = this.#told.get(dependency.id);
      const isReady = this.#ready.get(dependency.id) ?? false;
      assert.ok(
        target === undefined || heldAsTold(dependency, target, told, isReady),
        `${id} started before ${dependency.id} was there`,
      );
    }
  }

  killing(id: string, pid: number): void {
    assert.ok(pid > 0, 'a kill names a process');
    this.#checkOrder(id);
  }

  /** To be called whenever nothing is going on. */
  checkWaits(): void {
    for (const [id, { process, spec, stopsLater }] of this.#world.fleet.members) {
      const waits = spec.dependsOn.filter((dependency) => {
        const target = this.#member(dependency.id);
        return target !== undefined && !holds(dependency, target);
      });
      assert.ok(!process.wantsStart || waits.length > 0, `${id} waits for nothing`);
      assert.ok(!stopsLater || this.#hasUpDependents(id), `${id} is to stop, and nobody stops it`);
    }
  }

  /** Whatever asks, tries are counted anew; some of it is somebody's wish. */
  #observeAsked(id: string, by: Asker): void {
    if (by === 'dependent' || by === 'schedule') this.startAsked(id);
    else this.#failedStarts.set(id, 0);
  }

  #observeState(id: string, change: StateChange): void {
    const { state, from } = change;
    this.#told.set(id, change);
    if (state !== 'STOPPING') this.#wasStopping.delete(id);
    if (state === 'BACKOFF') this.#failedStarts.set(id, (this.#failedStarts.get(id) ?? 0) + 1);
    if (state === 'RUNNING' && this.#member(id)?.spec.policy.oneshot === false) this.#failedStarts.set(id, 0);
    if (state === 'FATAL') this.#checkFatal(id, from);
  }

  #checkFatal(id: string, from: StateChange['from']): void {
    const { startRetries = 0, restartLimit = null } = this.#member(id)?.spec.policy ?? {};
    const failed = this.#failedStarts.get(id) ?? 0;
    this.#failedStarts.set(id, 0);
    if (this.#world.fleet.isStopping || restartLimit !== null) return;
    assert.equal(from, 'BACKOFF');
    assert.equal(failed, startRetries + 1, `FATAL after ${failed} of ${startRetries + 1} tries`);
  }

  /**
   * In a shutdown nobody is signalled while one is up that depends on it, or that is to stop earlier by its priority.
   */
  #checkOrder(id: string): void {
    if (this.forced) return;
    if (!this.#world.fleet.isStopping) this.#wasStopping.add(id);
    if (!this.#world.fleet.isStopping) return;
    const since = this.#world.now - (this.shutdownAt ?? 0);
    if (this.#budgetMs !== null && since > this.#budgetMs * 0.5) return;
    // It was on its way before, or is again.
    const task = [...this.#world.live.values()].find((process) => process.id === id)?.task;
    if (task === 'pre_start' || task === 'post_stop') return;
    if (this.#member(id)?.process.state === 'STOPPING' && this.#wasStopping.has(id)) return;
    this.#wasStopping.add(id);
    for (const { spec, process } of this.#world.fleet.members.values()) {
      if (isDown(process) || spec.id === id || this.#wasStopping.has(spec.id)) continue;
      const dependsOnIt = spec.dependsOn.some((dependency) => dependency.id === id);
      assert.ok(!dependsOnIt, `${id} was signalled before ${spec.id}, which depends on it, was down`);
      const isLater = this.#urgencyOf(spec.id) > this.#urgencyOf(id);
      assert.ok(!isLater || process.state === 'STOPPING', `${id} was signalled before ${spec.id} was down`);
    }
  }

  /** Of each that is up its priority, or that of what it depends on if that is to stop earlier. */
  #planStops(): ReadonlyMap<string, number> {
    const { members } = this.#world.fleet;
    const urgency = (id: string): number => {
      const member = members.get(id);
      if (member === undefined || isDown(member.process)) return -Infinity;
      return Math.max(member.spec.groupPriority, ...member.spec.dependsOn.map((need) => urgency(need.id)));
    };
    return new Map([...members.keys()].map((id) => [id, urgency(id)]));
  }

  #urgencyOf(id: string): number {
    return this.#urgencies?.get(id) ?? -Infinity;
  }

  #hasUpDependents(id: string): boolean {
    return [...this.#world.fleet.members.values()].some(
      ({ spec, process }) => !isDown(process) && spec.dependsOn.some((dependency) => dependency.id === id),
    );
  }

  #liveOf(id: string): number {
    const processes = [...this.#world.live.values(), ...this.#world.leftBehind.values()];
    return processes.filter((process) => process.id === id).length;
  }

  #member(id: string): Member | undefined {
    return this.#world.fleet.members.get(id);
  }
}
