import type { MonotonicMs } from '../model/clock.ts';
import type { LogLevel } from '../model/log-level.ts';
import { stopLayersOf } from './dependency-graph.ts';
import type { ExitReason } from './exit-decision.ts';
import type { FleetEffect, Member } from './member.ts';
import { type Input, isDown, stopTimeMs } from './process-state.ts';
import { layerShareMs, waitableMs } from './shutdown-plan.ts';

/** Source: supervisor/supervisord.py shutdown_report: at most every 3 s. */
const REPORT_INTERVAL_MS = 3000;

/** Event listeners get this long to hear of what stopped before them, in milliseconds. */
const LISTENING_MS = 1000;

/** Processes that are to hear of the others' end before theirs. */
export interface Audience {
  has(id: string): boolean;
  /** There is something left to tell it, and it listens. */
  isBusy(id: string): boolean;
}

export interface ShutdownContext {
  readonly members: ReadonlyMap<string, Member>;
  readonly reason: ExitReason;
  readonly budgetMs: number | null;
  readonly audience: Audience;
  readonly apply: (id: string, input: Input, now: MonotonicMs, effects: FleetEffect[]) => void;
}

/** One shutdown: layer by layer, all programs of a layer at once, within the budget. */
export class Shutdown {
  readonly #context: ShutdownContext;
  #layers: string[][] = [];
  /** Of the layer that is being stopped. */
  readonly #waitingFor = new Set<string>();
  #waitableUntil: MonotonicMs = Infinity;
  #endsAt: MonotonicMs = Infinity;
  #reportAt: MonotonicMs = Infinity;
  /** Until when the next layer may go on listening; null: none is held. */
  #heldUntil: MonotonicMs | null = null;
  /** Null until every process has had its `shutdownBegan`: no layer is done before that. */
  #phase: 'announcing' | 'stopping' | 'finished' = 'announcing';

  constructor(context: ShutdownContext) {
    this.#context = context;
  }

  get deadline(): MonotonicMs {
    if (this.#phase === 'finished') return Infinity;
    return Math.min(this.#reportAt, this.#waitableUntil, this.#endsAt, this.#heldUntil ?? Infinity);
  }

  begin(now: MonotonicMs, effects: FleetEffect[]): void {
    const { members, budgetMs } = this.#context;
    this.#waitableUntil = now + waitableMs(budgetMs);
    this.#endsAt = now + (budgetMs ?? Infinity);
    for (const id of [...members.keys()]) this.#context.apply(id, { kind: 'shutdownBegan' }, now, effects);
    // Who is down already holds up nobody that it depends on.
    this.#layers = stopLayersOf(
      this.#unstopped().map(({ spec }) => ({ ...spec, dependsOn: spec.dependsOn.map(({ id }) => id) })),
    );
    this.#phase = 'stopping';
    this.#nextLayer(now, effects);
  }

  /** A process is down. */
  settled(id: string, now: MonotonicMs, effects: FleetEffect[]): void {
    this.#waitingFor.delete(id);
    if (this.#phase === 'stopping' && this.#waitingFor.size === 0) this.#nextLayer(now, effects);
  }

  killAll(now: MonotonicMs, effects: FleetEffect[]): void {
    if (this.#phase !== 'stopping') return;
    this.#layers = [];
    this.#heldUntil = null;
    const alive = this.#unstopped();
    for (const { spec } of alive) this.#waitingFor.add(spec.id);
    for (const { spec } of alive) this.#context.apply(spec.id, { kind: 'killDemanded' }, now, effects);
  }

  tick(now: MonotonicMs, effects: FleetEffect[]): void {
    if (this.#phase !== 'stopping') return;
    if (now >= this.#endsAt) {
      this.#say(effects, 'critical', `shutdown_timeout is over: still there are ${this.#unstoppedNames()}`);
      this.#finish(effects);
      return;
    }
    if (now >= this.#waitableUntil) {
      this.#waitableUntil = Infinity;
      this.#say(effects, 'warn', `shutdown_timeout is nearly over: killing ${this.#unstoppedNames()}`);
      this.killAll(now, effects);
    }
    if (this.#heldUntil !== null) this.#nextLayer(now, effects);
    if (now >= this.#reportAt) this.#report(now, effects);
  }

  #nextLayer(now: MonotonicMs, effects: FleetEffect[]): void {
    for (let layer = this.#layers.shift(); layer !== undefined; layer = this.#layers.shift()) {
      const alive = layer.filter((id) => this.#isUnstopped(id));
      if (alive.length > 0) {
        if (this.#holds(alive, now)) {
          this.#layers.unshift(layer);
          return;
        }
        this.#heldUntil = null;
        this.#stopLayer(alive, now, effects);
        return;
      }
    }
    if (this.#phase === 'stopping') this.#finish(effects);
  }

  #holds(ids: readonly string[], now: MonotonicMs): boolean {
    const { audience } = this.#context;
    const listeners = ids.filter((id) => audience.has(id));
    if (listeners.length === 0) return false;
    // What stopped just now has not been told to anybody yet: the first look comes too early to be asked.
    if (this.#heldUntil !== null) return now < this.#heldUntil && listeners.some((id) => audience.isBusy(id));
    this.#heldUntil = now + LISTENING_MS;
    return true;
  }

  #stopLayer(ids: readonly string[], now: MonotonicMs, effects: FleetEffect[]): void {
    const shareMs = layerShareMs(
      this.#waitableUntil - now,
      [ids, ...this.#layers].map((layer) => this.#wantedMs(layer)),
    );
    for (const id of ids) this.#waitingFor.add(id);
    for (const id of ids) {
      const member = this.#context.members.get(id);
      if (member !== undefined) this.#stopWithin(member, shareMs, now, effects);
    }
    if (now >= this.#reportAt || this.#reportAt === Infinity) this.#report(now, effects);
  }

  #stopWithin({ spec }: Member, shareMs: number, now: MonotonicMs, effects: FleetEffect[]): void {
    const { name } = spec.policy;
    const stopWaitMs = stopTimeMs(spec.policy);
    if (shareMs >= stopWaitMs) {
      this.#context.apply(spec.id, { kind: 'stop' }, now, effects);
      return;
    }
    const [wanted, given] = [stopWaitMs / 1000, Math.round(shareMs / 100) / 10];
    this.#say(effects, 'warn', `stopwaitsecs of '${name}' is cut from ${wanted} to ${given} s to fit shutdown_timeout`);
    this.#context.apply(spec.id, { kind: 'stop', waitMs: shareMs }, now, effects);
  }

  /** Longest stopwaitsecs of the layer's processes that are still there, in milliseconds. */
  #wantedMs(layer: readonly string[]): number {
    const waits = layer.filter((id) => this.#isUnstopped(id)).map((id) => this.#stopWaitMs(id));
    return Math.max(0, ...waits);
  }

  #stopWaitMs(id: string): number {
    const member = this.#context.members.get(id);
    return member === undefined ? 0 : stopTimeMs(member.spec.policy);
  }

  #isUnstopped(id: string): boolean {
    const member = this.#context.members.get(id);
    return member !== undefined && !isDown(member.process);
  }

  #unstopped(): Member[] {
    return [...this.#context.members.values()].filter(({ spec }) => this.#isUnstopped(spec.id));
  }

  #unstoppedNames(): string {
    return this.#unstopped()
      .map(({ spec }) => spec.policy.name)
      .join(', ');
  }

  #report(now: MonotonicMs, effects: FleetEffect[]): void {
    this.#reportAt = now + REPORT_INTERVAL_MS;
    const names = this.#unstoppedNames();
    if (names !== '') this.#say(effects, 'info', `waiting for ${names} to die`);
  }

  #finish(effects: FleetEffect[]): void {
    this.#phase = 'finished';
    effects.push({ kind: 'finished', reason: this.#context.reason });
  }

  #say(effects: FleetEffect[], level: LogLevel, text: string): void {
    effects.push({ kind: 'log', level, text });
  }
}
