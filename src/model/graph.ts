/**
 * A cycle among the edges that lead on from each node: its nodes in order, each leading to the next and the last to
 * the first; null when there is none. The same input always gives the same cycle.
 */
export function findCycle(
  nodes: Iterable<string>,
  next: (node: string) => readonly string[],
): readonly string[] | null {
  const done = new Set<string>();
  for (const start of nodes) {
    const cycle = cycleFrom(start, next, done);
    if (cycle !== null) return cycle;
  }
  return null;
}

/** Depth first, without recursion: a chain may be as long as there are processes. */
function cycleFrom(
  start: string,
  next: (node: string) => readonly string[],
  done: Set<string>,
): readonly string[] | null {
  const path: string[] = [];
  const onPath = new Set<string>();
  const pending: { node: string; left: string[] }[] = [];
  const enter = (node: string) => {
    path.push(node);
    onPath.add(node);
    pending.push({ node, left: [...next(node)].reverse() });
  };
  if (!done.has(start)) enter(start);
  for (let top = pending.at(-1); top !== undefined; top = pending.at(-1)) {
    const node = top.left.pop();
    if (node === undefined) {
      pending.pop();
      path.pop();
      onPath.delete(top.node);
      done.add(top.node);
    } else if (onPath.has(node)) return path.slice(path.indexOf(node));
    else if (!done.has(node)) enter(node);
  }
  return null;
}
