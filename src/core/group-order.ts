/** A process among others, as far as order goes. */
export interface Ranked {
  readonly id: string;
  /** Group's name and priority, the process's name and priority. */
  readonly group: string;
  readonly groupPriority: number;
  readonly name: string;
  readonly priority: number;
}

const byText = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

/**
 * (priority, name) of the group, then priority of the process; equal ones stay as the configuration has them, so that
 * a group starts in the order of its `programs`. Source: supervisor/process.py ProcessGroupBase.
 */
export function compareStartOrder(a: Ranked, b: Ranked): number {
  return a.groupPriority - b.groupPriority || byText(a.group, b.group) || a.priority - b.priority;
}

/** Ids in the order in which they start. */
export function startOrder(members: Iterable<Ranked>): string[] {
  return [...members].sort(compareStartOrder).map((member) => member.id);
}

/**
 * Ids in layers, first the ones to stop first: descending group priority, equal priorities together.
 * Within a layer the order is that of starting, reversed.
 */
export function stopLayers(members: Iterable<Ranked>): string[][] {
  const layers = new Map<number, string[]>();
  for (const member of [...members].sort(compareStartOrder).reverse()) {
    const layer = layers.get(member.groupPriority);
    if (layer === undefined) layers.set(member.groupPriority, [member.id]);
    else layer.push(member.id);
  }
  return [...layers.entries()].sort(([a], [b]) => b - a).map(([, ids]) => ids);
}
