import { readdirSync, readFileSync } from 'node:fs';

export interface ListedProcess {
  readonly pid: number;
  /** The kernel's short name, at most 15 characters. */
  readonly name: string;
}

export interface ProcessStat extends ListedProcess {
  readonly parent: number;
  readonly processGroup: number;
  readonly isZombie: boolean;
  /** Clock ticks, 100 a second, from the machine's boot to its start. */
  readonly startTicks: number;
}

/** Source: proc(5), /proc/[pid]/stat; the name stands in parentheses and may hold any character. */
export function parseStat(text: string): ProcessStat {
  const open = text.indexOf('(');
  const close = text.lastIndexOf(')');
  const fields = text.slice(close + 2).split(' ');
  const [state = '', parent, processGroup] = fields;
  return {
    pid: Number(text.slice(0, open)),
    name: text.slice(open + 1, close),
    parent: Number(parent),
    processGroup: Number(processGroup),
    isZombie: state === 'Z' || state === 'X',
    startTicks: Number(fields[19]),
  };
}

/** One process that is alive; null when there is none or it cannot be looked at. */
export function findProcess(pid: number): Pick<ProcessStat, 'pid' | 'startTicks'> | null {
  try {
    const found = parseStat(readFileSync(`/proc/${pid}/stat`, 'latin1'));
    return found.isZombie ? null : found;
  } catch {
    // ENOENT or ESRCH: there is none. Elsewhere /proc is not mounted or hides it.
    return null;
  }
}

/** Null when /proc cannot be read, as with all descriptors in use (EMFILE). */
export function listProcesses(): ProcessStat[] | null {
  let names: string[];
  try {
    names = readdirSync('/proc');
  } catch {
    // Whatever the reason: who asks has to do without, also where /proc is not mounted.
    return null;
  }
  return names
    .filter((name) => /^\d+$/.test(name))
    .flatMap((pid) => {
      try {
        return [parseStat(readFileSync(`/proc/${pid}/stat`, 'latin1'))];
      } catch {
        // ENOENT or ESRCH: it ended while we were reading.
        return [];
      }
    });
}

/** Whether a process, or one that it descends from, is `root`. */
export function isDescendant(pid: number, root: number, parents: ReadonlyMap<number, number>): boolean {
  // Bounded: a table read while pids are taken again may lead in a circle.
  for (let at = pid, steps = 0; at > 0 && steps <= parents.size; at = parents.get(at) ?? 0, steps++) {
    if (at === root) return true;
  }
  return false;
}

/** The same of processes as they are now, with a look at no others; false when that cannot be found out. */
export function isDescendantNow(pid: number, root: number): boolean {
  try {
    for (let at = pid; at > 0; at = parseStat(readFileSync(`/proc/${at}/stat`, 'latin1')).parent) {
      if (at === root) return true;
    }
  } catch {
    // ENOENT or ESRCH: one has ended. Elsewhere /proc is not mounted or hides it.
  }
  return false;
}

/** Those of a process group that are still alive; null when that cannot be found out. */
export function groupMembers(processGroup: number): ListedProcess[] | null {
  return listProcesses()?.filter((process) => process.processGroup === processGroup && !process.isZombie) ?? null;
}

/** Whether another child of this process's parent is in this process group; false when that cannot be found out. */
export function hasSiblingIn(processGroup: number): boolean {
  try {
    const children = readFileSync(`/proc/${process.ppid}/task/${process.ppid}/children`, 'latin1').split(' ');
    return children
      .filter((pid) => pid !== '' && Number(pid) !== process.pid)
      .some((pid) => parseStat(readFileSync(`/proc/${pid}/stat`, 'latin1')).processGroup === processGroup);
  } catch {
    // The kernel does not tell (it is optional), the parent is hidden, or one has just ended.
    return false;
  }
}

/** Whether this process has no children at all, zombies included; false when the kernel does not tell (it is optional). */
function isChildless(): boolean {
  try {
    // Each thread has its own: the kernel gives a child to the one that made it.
    const threads = readdirSync('/proc/self/task');
    return threads.every((thread) => readFileSync(`/proc/self/task/${thread}/children`, 'latin1') === '');
  } catch {
    return false;
  }
}

/** Living children of this process, adopted ones included; null when that cannot be found out. */
export function ownChildren(): ListedProcess[] | null {
  // Whoever ends has none as a rule, and a machine that is seen from outside a namespace has hundreds of processes.
  if (isChildless()) return [];
  return listProcesses()?.filter(({ parent, isZombie }) => parent === process.pid && !isZombie) ?? null;
}

/** `4711 (node), 4712 (sleep)`. */
export function renderProcesses(processes: readonly ListedProcess[]): string {
  return processes.map(({ pid, name }) => `${pid} (${name})`).join(', ');
}
