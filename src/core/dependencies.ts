import type { Dependency } from '../model/dependency.ts';
import { shortNamespec } from '../model/namespec.ts';
import type { Member } from './member.ts';
import { hasStartAhead, isDown } from './process-state.ts';
import { isExpectedExit } from './restart-policy.ts';

/** It ran to its end, and that was a success. */
function hasCompleted({ process, spec }: Member): boolean {
  const { state, lastExit } = process;
  return state === 'EXITED' && lastExit !== null && isExpectedExit(spec.policy, lastExit) && !hasStartAhead(process);
}

function hasStarted({ process }: Member): boolean {
  const { state, pid, task } = process;
  return state === 'EXITED' || state === 'RUNNING' || (state === 'STARTING' && pid !== 0 && task === 'program');
}

/** What has completed counts as having been running and ready: it was, as long as it was needed. */
export function isMet({ condition }: Dependency, target: Member): boolean {
  switch (condition) {
    case 'started':
      return hasStarted(target);
    case 'running':
      return target.process.state === 'RUNNING' || (target.spec.policy.oneshot && hasCompleted(target));
    case 'ready':
      return target.checks.ready || (target.spec.policy.oneshot && hasCompleted(target));
    case 'completed':
      return hasCompleted(target);
  }
}

/** It is there for the last time. */
const isLeaving = ({ retirement, stopsLater }: Member): boolean => retirement !== null || stopsLater;

/** `db:ready`. */
export const renderDependency = ({ id, condition }: Dependency): string => `${shortNamespec(id)}:${condition}`;

/** Who waits for whom. What a process depends on and is not there is nothing to wait for. */
export class Dependencies {
  readonly #members: ReadonlyMap<string, Member>;
  #dependents: Map<string, string[]> | null = null;
  #followers: Map<string, string[]> | null = null;

  constructor(members: ReadonlyMap<string, Member>) {
    this.#members = members;
  }

  /** To be called when a process came, went, or got other dependencies. */
  changed(): void {
    this.#dependents = null;
    this.#followers = null;
  }

  /** What a process that is to start waits for, each as text; empty when it waits for nothing. */
  waitsOf(id: string): readonly string[] {
    const member = this.#members.get(id);
    return member?.process.wantsStart === true ? this.unmet(member).map((wait) => this.#renderWait(wait)) : [];
  }

  unmet({ spec }: Member): readonly Dependency[] {
    return spec.dependsOn.filter((dependency) => {
      const target = this.#members.get(dependency.id);
      return target !== undefined && (isLeaving(target) || !isMet(dependency, target));
    });
  }

  /** Ids of those that depend on it. */
  dependentsOf(id: string): readonly string[] {
    this.#dependents ??= this.#index(({ dependsOn }) => dependsOn.map((dependency) => dependency.id));
    return this.#dependents.get(id) ?? [];
  }

  /** Ids of those that its restart restarts. */
  followersOf(id: string): readonly string[] {
    this.#followers ??= this.#index(({ restartWith }) => restartWith);
    return this.#followers.get(id) ?? [];
  }

  /** Ids of what it needs and nobody has started. */
  idleNeedsOf(member: Member): readonly string[] {
    return this.unmet(member)
      .map(({ id }) => id)
      .filter((id) => {
        const target = this.#members.get(id);
        return target?.retirement === null && isDown(target.process) && !hasStartAhead(target.process);
      });
  }

  /** Whether one that depends on it is on its way down. */
  hasStoppingDependents(id: string): boolean {
    return this.dependentsOf(id).some((dependent) => {
      const member = this.#members.get(dependent);
      return member !== undefined && (member.process.state === 'STOPPING' || member.stopsLater);
    });
  }

  /** `db:ready`, and whether there is little hope. */
  #renderWait(dependency: Dependency): string {
    const isLost = this.#members.get(dependency.id)?.process.state === 'FATAL';
    return `${renderDependency(dependency)}${isLost ? ' (FATAL)' : ''}`;
  }

  #index(edges: (spec: Member['spec']) => readonly string[]): Map<string, string[]> {
    const index = new Map<string, string[]>();
    for (const [id, { spec }] of this.#members) {
      for (const target of new Set(edges(spec))) {
        const known = index.get(target);
        if (known === undefined) index.set(target, [id]);
        else known.push(id);
      }
    }
    return index;
  }
}
