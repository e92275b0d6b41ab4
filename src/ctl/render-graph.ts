import type { GraphNode } from '../client/initvisor-api.ts';

interface Branch {
  /** What stands before the name: the lines of the tree. */
  readonly lead: string;
  readonly label: string;
  readonly remark: string;
}

function remarkOf({ state, ready, waits }: GraphNode): string {
  if (waits.length > 0) return `${state}, waits for ${waits.join(', ')}`;
  return state === 'RUNNING' || state === 'STARTING' ? `${state}, ${ready ? 'ready' : 'not ready'}` : state;
}

type Edge = GraphNode['depends_on'][number];

/** The tree below one process; one that stands above already is not followed again. */
function branchesOf(
  edges: readonly Edge[],
  byName: ReadonlyMap<string, GraphNode>,
  indent: string,
  shown: Set<string>,
): Branch[] {
  return edges.flatMap(({ name, condition, met }, at) => {
    const isLast = at === edges.length - 1;
    const node = byName.get(name);
    const mark = met ? '' : ' (not met)';
    const isRepeated = shown.has(name) && (node?.depends_on.length ?? 0) > 0;
    const remark = `${node === undefined ? 'not there' : remarkOf(node)}${mark}${isRepeated ? ', as above' : ''}`;
    shown.add(name);
    const branch = { lead: `${indent}${isLast ? '└─ ' : '├─ '}`, label: `${name}:${condition}`, remark };
    if (isRepeated || node === undefined) return [branch];
    return [branch, ...branchesOf(node.depends_on, byName, `${indent}${isLast ? '   ' : '│  '}`, shown)];
  });
}

/** A tree for each process that nothing depends on, and a line for each that has to do with no other. */
export function renderGraph(nodes: readonly GraphNode[]): string[] {
  const byName = new Map(nodes.map((node) => [node.name, node]));
  const needed = new Set(nodes.flatMap((node) => node.depends_on.map(({ name }) => name)));
  const shown = new Set<string>();
  const branches = nodes
    .filter(({ name }) => !needed.has(name))
    .flatMap((node): Branch[] => [
      { lead: '', label: node.name, remark: remarkOf(node) },
      ...branchesOf(node.depends_on, byName, '', shown),
    ]);
  const width = Math.max(0, ...branches.map(({ lead, label }) => lead.length + label.length));
  return branches.map(({ lead, label, remark }) => `${`${lead}${label}`.padEnd(width)}  ${remark}`);
}

/** For Graphviz: an arrow from each process to what it depends on; dashed where a restart brings another. */
export function renderDot(nodes: readonly GraphNode[]): string[] {
  const quote = (name: string): string => `"${name.replace(/["\\]/g, '\\$&')}"`;
  const edges = nodes.flatMap(({ name, depends_on, restart_with }) => [
    ...depends_on.map((edge) => `  ${quote(name)} -> ${quote(edge.name)} [label=${quote(edge.condition)}];`),
    ...restart_with.map((other) => `  ${quote(other)} -> ${quote(name)} [style=dashed];`),
  ]);
  return ['digraph initvisor {', ...nodes.map(({ name }) => `  ${quote(name)};`), ...edges, '}'];
}
