import { type Dependent, stopLayersOf } from './dependency-graph.ts';
import type { MemberSpec } from './member.ts';
import { stopTimeMs } from './process-state.ts';
import { drainableMs, waitableMs } from './shutdown-plan.ts';

/** Processes that are stopped together. */
export interface StopLayer {
  readonly ids: readonly string[];
  /** Milliseconds until the slowest has to be killed. */
  readonly stopMs: number;
}

/** A shutdown in which everybody runs and nobody heeds a signal, in milliseconds. */
export interface WorstStop {
  readonly layers: readonly StopLayer[];
  /** Of all layers, one after the other. */
  readonly stopMs: number;
  /** Before the first layer. */
  readonly drainMs: number;
  /** What the layers get; Infinity without a limit. */
  readonly waitableMs: number;
}

/** Milliseconds until a process has to be killed; the command after it gets as long again. */
export function longestStopMs({ policy }: MemberSpec): number {
  return Math.max(0, stopTimeMs(policy)) * (policy.hasPostStop ? 2 : 1);
}

/** Whoever is waited for until it has completed does not run together with those that wait. */
function withoutCompleted(members: readonly MemberSpec[]): readonly MemberSpec[] {
  const awaited = members.flatMap(({ dependsOn }) => dependsOn.filter(({ condition }) => condition === 'completed'));
  const over = new Set(awaited.map(({ id }) => id));
  return members.filter(({ id, policy }) => !policy.oneshot || !over.has(id));
}

export function dependentOf(spec: MemberSpec): Dependent {
  return { ...spec, dependsOn: spec.dependsOn.map(({ id }) => id) };
}

/** The longest that a shutdown may take, without what SIGKILL, event listeners and hooks need. */
export function worstStop(
  members: readonly MemberSpec[],
  { budgetMs, drainMs: wantedDrainMs }: { readonly budgetMs: number | null; readonly drainMs: number },
): WorstStop {
  const running = withoutCompleted(members);
  const stopMsOf = new Map(running.map((spec) => [spec.id, longestStopMs(spec)]));
  const layers = stopLayersOf(running.map(dependentOf)).map((ids) => ({
    ids,
    stopMs: ids.reduce((longest, id) => Math.max(longest, stopMsOf.get(id) ?? 0), 0),
  }));
  const drainMs = drainableMs(wantedDrainMs, budgetMs);
  return {
    layers,
    stopMs: layers.reduce((sum, layer) => sum + layer.stopMs, 0),
    drainMs,
    waitableMs: waitableMs(budgetMs === null ? null : budgetMs - drainMs),
  };
}

/** Milliseconds that each layer gets when all of them take as long as they may. */
export function sharesOf({ layers, stopMs, waitableMs: available }: WorstStop): readonly number[] {
  return layers.map((layer) => (stopMs <= available ? layer.stopMs : (available * layer.stopMs) / stopMs));
}
