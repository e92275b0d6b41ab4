import { readdirSync, readFileSync } from 'node:fs';
import { readMemoryUse, readProportionalBytes } from './process-memory.ts';
import { type ProcessStat, parseStat } from './process-table.ts';

/** Files read before the event loop has a turn: about a millisecond. */
const FILES_A_TURN = 40;

/** What a process takes with all that descend from it or are in its process group. */
export interface TreeMemory {
  /** Pages that several have are counted for each, so it never takes more than this. */
  readonly mostBytes: number;
  /** The same with such pages counted once, as far as the kernel tells. Expensive. */
  measure(): Promise<number>;
}

const nextTurn = (): Promise<void> => new Promise((resolve) => void setImmediate(resolve));

/** However many there are, nothing else waits for long. */
async function visitInTurns<T>(items: Iterable<T>, visit: (item: T) => void): Promise<void> {
  let count = 0;
  for (const item of items) {
    visit(item);
    count += 1;
    if (count % FILES_A_TURN === 0) await nextTurn();
  }
}

function listPids(proc: string): string[] {
  try {
    return readdirSync(proc).filter((name) => /^\d+$/.test(name));
  } catch {
    // Whatever the reason, such as EMFILE: who asks has to do without, also where /proc is not mounted.
    return [];
  }
}

async function readStats(proc: string): Promise<ReadonlyMap<number, ProcessStat>> {
  const found = new Map<number, ProcessStat>();
  await visitInTurns(listPids(proc), (pid) => {
    try {
      const stat = parseStat(readFileSync(`${proc}/${pid}/stat`, 'latin1'));
      if (!stat.isZombie) found.set(stat.pid, stat);
    } catch {
      // ENOENT or ESRCH: it has ended. EACCES: /proc hides it.
    }
  });
  return found;
}

/** Pids of the trees, by their roots. */
function sortIntoTrees(roots: readonly number[], stats: ReadonlyMap<number, ProcessStat>): Map<number, number[]> {
  const trees = new Map<number, number[]>(roots.filter((root) => stats.has(root)).map((root) => [root, []]));
  const owners = new Map<number, number | null>();
  const ownerOf = (pid: number): number | null => {
    const known = owners.get(pid);
    if (known !== undefined) return known;
    // Ends a circle, which a table read while pids are taken again may have.
    owners.set(pid, null);
    const stat = stats.get(pid);
    if (stat === undefined) return null;
    const owner = trees.has(pid) ? pid : trees.has(stat.processGroup) ? stat.processGroup : ownerOf(stat.parent);
    owners.set(pid, owner);
    return owner;
  };
  for (const pid of stats.keys()) trees.get(ownerOf(pid) ?? 0)?.push(pid);
  return trees;
}

/**
 * Where the kernel does not tell how many have a page, what is mapped from files or shared counts as if all of the
 * tree had the same: rather too little than too much.
 */
async function measure(pids: readonly number[], proc: string): Promise<number> {
  let own = 0;
  let [file, shared] = [0, 0];
  for (const pid of pids) {
    const proportional = await readProportionalBytes(pid, proc);
    const use = proportional === null ? readMemoryUse(pid, proc) : null;
    own += proportional ?? 0;
    if (use === null) continue;
    own += use.residentBytes - use.fileBytes - use.sharedBytes;
    file = Math.max(file, use.fileBytes);
    shared = Math.max(shared, use.sharedBytes);
  }
  return own + file + shared;
}

/** Of each of these processes that is there. One look at the machine serves all. */
export async function readTreeMemory(
  roots: readonly number[],
  proc = '/proc',
): Promise<ReadonlyMap<number, TreeMemory>> {
  const trees = sortIntoTrees(roots, await readStats(proc));
  const most = new Map<number, number>();
  const members = [...trees].flatMap(([root, pids]) => pids.map((pid) => ({ root, pid })));
  await visitInTurns(members, ({ root, pid }) => {
    most.set(root, (most.get(root) ?? 0) + (readMemoryUse(pid, proc)?.residentBytes ?? 0));
  });
  return new Map(
    [...trees].map(([root, pids]) => [root, { mostBytes: most.get(root) ?? 0, measure: () => measure(pids, proc) }]),
  );
}
