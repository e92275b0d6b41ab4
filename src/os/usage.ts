import pidusage from 'pidusage';
import { isDescendant, listProcesses } from './process-table.ts';

/** What a process and all that it started take. */
export interface TreeUsage {
  /** Percent of one CPU, since the last look; 0 at the first. */
  readonly cpuPercent: number;
  readonly residentBytes: number;
  readonly processes: number;
}

/** Milliseconds after the last look until what it remembered is let go: it keeps a file open for each process. */
const MEMORY_MS = 5_000;

type Statuses = Readonly<Record<string, pidusage.Status | undefined>>;

async function readStatuses(pids: readonly number[]): Promise<Statuses> {
  if (pids.length === 0) return {};
  try {
    return await pidusage([...pids], { maxage: MEMORY_MS });
  } catch {
    // Of a single process that is asked for, its end is an error; of several the ended ones are left out.
    return {};
  }
}

/** Of each pid the tree below it, and what has left the tree but not its process group. Those that are gone are left out. */
export async function readUsage(roots: readonly number[]): Promise<ReadonlyMap<number, TreeUsage>> {
  const all = listProcesses()?.filter(({ isZombie }) => !isZombie) ?? [];
  const parents = new Map(all.map(({ pid, parent }) => [pid, parent]));
  const trees = new Map<number, readonly number[]>();
  for (const root of roots) {
    if (!parents.has(root)) continue;
    const members = all.filter(({ pid, processGroup }) => processGroup === root || isDescendant(pid, root, parents));
    trees.set(
      root,
      members.map(({ pid }) => pid),
    );
  }
  const statuses = await readStatuses([...new Set([...trees.values()].flat())]);
  const sum = (pids: readonly number[]): TreeUsage => {
    const found = pids.flatMap((pid) => statuses[pid] ?? []);
    return {
      cpuPercent: found.reduce((total, { cpu }) => total + cpu, 0),
      residentBytes: found.reduce((total, { memory }) => total + memory, 0),
      processes: found.length,
    };
  };
  return new Map([...trees].map(([root, pids]) => [root, sum(pids)]));
}
