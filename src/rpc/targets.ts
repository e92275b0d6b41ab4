import { joinNamespec, splitNamespec } from '../model/namespec.ts';
import type { Facade, ProcessView } from '../supervisor/facade.ts';
import { RpcFault } from './fault.ts';

/** What a client's name stands for. */
export type Target =
  | { readonly kind: 'process'; readonly view: ProcessView }
  | { readonly kind: 'group'; readonly group: string };

/** @throws RpcFault BAD_NAME when nothing is called that. */
export function resolveTarget(facade: Facade, name: string): Target {
  const { group, process } = splitNamespec(name);
  if (process === undefined) {
    if (facade.hasGroup(group)) return { kind: 'group', group };
  } else {
    const view = facade.find(group, process);
    if (view !== undefined) return { kind: 'process', view };
  }
  throw new RpcFault('BAD_NAME', name);
}

/** @throws RpcFault BAD_NAME also for the name of a whole group. */
export function resolveProcess(facade: Facade, name: string): ProcessView {
  const target = resolveTarget(facade, name);
  if (target.kind === 'group') throw new RpcFault('BAD_NAME', name);
  return target.view;
}

/** The name that messages about a process use. */
export const namespecOf = (view: ProcessView): string => joinNamespec(view.group, view.name);

function positions(facade: Facade): ReadonlyMap<string, number> {
  const ids = facade.configuredGroups().flatMap((group) => group.processes.map(({ name }) => `${group.name}:${name}`));
  return new Map(ids.map((id, index) => [id, index]));
}

/**
 * Processes of one group, or of all, by ascending priority of groups, then of processes, then as configured.
 * @throws RpcFault BAD_NAME for a group that is not there.
 */
export function byPriority(facade: Facade, group?: string): readonly ProcessView[] {
  if (group !== undefined && !facade.hasGroup(group)) throw new RpcFault('BAD_NAME', group);
  const views = facade.list().filter((view) => group === undefined || view.group === group);
  const known = positions(facade);
  const position = (view: ProcessView) => known.get(view.id) ?? known.size;
  return views.sort((a, b) => {
    if (a.groupPriority !== b.groupPriority) return a.groupPriority - b.groupPriority;
    if (a.group === b.group && a.config.priority !== b.config.priority) return a.config.priority - b.config.priority;
    return position(a) - position(b);
  });
}

/** The same views, each after those that depend on it: without dependencies they stay as they are. */
export function dependentsFirst(views: readonly ProcessView[]): readonly ProcessView[] {
  const dependents = new Map<string, ProcessView[]>();
  for (const view of views) {
    for (const { id } of view.config.depends_on) dependents.set(id, [...(dependents.get(id) ?? []), view]);
  }
  if (dependents.size === 0) return views;
  const ordered = new Set<ProcessView>();
  const visit = (view: ProcessView): void => {
    if (ordered.has(view)) return;
    for (const dependent of dependents.get(view.id) ?? []) visit(dependent);
    ordered.add(view);
  };
  for (const view of views) visit(view);
  return [...ordered];
}
