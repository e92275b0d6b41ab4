import { compareStartOrder, type Ranked } from './group-order.ts';

/** A process with the ids of those that it depends on. */
export type Dependent = Ranked & { readonly dependsOn: readonly string[] };

/** Ids of each member's dependents. Edges to members that are not there count for nothing. */
function indexDependents(members: readonly Dependent[]): Map<string, Dependent[]> {
  const index = new Map<string, Dependent[]>(members.map(({ id }) => [id, []]));
  for (const member of members) {
    for (const id of new Set(member.dependsOn)) index.get(id)?.push(member);
  }
  return index;
}

/**
 * Members, each after all that `before` names for it. Those of a cycle, which no configuration has, come last and
 * as they are.
 */
function arrange(members: readonly Dependent[], before: (member: Dependent) => readonly string[]): Dependent[] {
  const byId = new Map(members.map((member) => [member.id, member]));
  const done = new Set<string>();
  const arranged: Dependent[] = [];
  for (const start of members) {
    const stack = [start];
    const entered = new Set<string>();
    for (let top = stack.at(-1); top !== undefined; top = stack.at(-1)) {
      const isFirstLook = !entered.has(top.id) && !done.has(top.id);
      entered.add(top.id);
      const open = isFirstLook ? before(top).filter((id) => !done.has(id) && !entered.has(id)) : [];
      stack.push(...open.flatMap((id) => byId.get(id) ?? []));
      if (open.length > 0) continue;
      stack.pop();
      if (done.has(top.id)) continue;
      done.add(top.id);
      arranged.push(top);
    }
  }
  return arranged;
}

/** How many layers down each one is: one more than the deepest of those before it. */
function depths(arranged: readonly Dependent[], before: (member: Dependent) => readonly string[]): Map<string, number> {
  const depth = new Map<string, number>();
  for (const member of arranged) {
    const above = before(member).map((id) => depth.get(id) ?? -1);
    depth.set(member.id, 1 + above.reduce((deepest, one) => Math.max(deepest, one), -1));
  }
  return depth;
}

/**
 * Ids in layers, first the ones to stop first: dependents before what they depend on, then by descending group
 * priority, equal ones together. A dependent of lower priority than what it depends on stops as if it had that one's:
 * it must not hold up a stop that comes early. Within a layer the order is that of starting, reversed.
 */
export function stopLayersOf(members: readonly Dependent[]): string[][] {
  const order = [...members].sort(compareStartOrder).reverse();
  const dependents = indexDependents(order);
  const urgency = new Map<string, number>();
  const needsFirst = arrange(order, ({ dependsOn }) => dependsOn);
  for (const { id, groupPriority, dependsOn } of needsFirst) {
    urgency.set(
      id,
      dependsOn.reduce((most, need) => Math.max(most, urgency.get(need) ?? -Infinity), groupPriority),
    );
  }
  const isEqual = (a: string, b: string) => urgency.get(a) === urgency.get(b);
  // Of another urgency they are in an earlier layer anyway.
  const peers = ({ id }: Dependent) =>
    (dependents.get(id) ?? []).map((dependent) => dependent.id).filter((dependent) => isEqual(dependent, id));
  const depth = depths(needsFirst.reverse(), peers);
  const layers = new Map<string, { readonly urgency: number; readonly depth: number; readonly ids: string[] }>();
  for (const { id } of order) {
    const [ownUrgency, ownDepth] = [urgency.get(id) ?? 0, depth.get(id) ?? 0];
    const key = `${ownUrgency} ${ownDepth}`;
    const layer = layers.get(key);
    if (layer === undefined) layers.set(key, { urgency: ownUrgency, depth: ownDepth, ids: [id] });
    else layer.ids.push(id);
  }
  return [...layers.values()].sort((a, b) => b.urgency - a.urgency || a.depth - b.depth).map(({ ids }) => ids);
}

/** Ids in waves: each one after all that it depends on, within a wave in the order of starting. */
export function startWavesOf(members: readonly Dependent[]): string[][] {
  const order = [...members].sort(compareStartOrder);
  const needs = ({ dependsOn }: Dependent) => dependsOn;
  const depth = depths(arrange(order, needs), needs);
  const waves: string[][] = [];
  for (const { id } of order) {
    const at = depth.get(id) ?? 0;
    const wave = waves[at];
    if (wave === undefined) waves[at] = [id];
    else wave.push(id);
  }
  return waves;
}
