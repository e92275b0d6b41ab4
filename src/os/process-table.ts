import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import type { Native } from './native.ts';

export interface ListedProcess {
  readonly pid: number;
  /** The kernel's short name, at most 15 characters. */
  readonly name: string;
}

export interface ProcessStat extends ListedProcess {
  readonly parent: number;
  readonly processGroup: number;
  /** 0 when it is one from outside this PID namespace. */
  readonly session: number;
  readonly isZombie: boolean;
  /** Clock ticks, 100 a second, from the machine's boot to its start. */
  readonly startTicks: number;
}

/** Source: proc(5), /proc/[pid]/stat; the name stands in parentheses and may hold any character. */
export function parseStat(text: string): ProcessStat {
  const open = text.indexOf('(');
  const close = text.lastIndexOf(')');
  const fields = text.slice(close + 2).split(' ');
  const [state = '', parent, processGroup, session] = fields;
  const threads = Number(fields[17]);
  return {
    pid: Number(text.slice(0, open)),
    name: text.slice(open + 1, close),
    parent: Number(parent),
    processGroup: Number(processGroup),
    session: Number(session),
    // The first thread of a process may end before the others.
    isZombie: (state === 'Z' && threads <= 1) || state === 'X',
    startTicks: Number(fields[19]),
  };
}

/** One process, a zombie included; null when there is none or it cannot be looked at. */
export function readStat(pid: number): ProcessStat | null {
  try {
    return parseStat(readFileSync(`/proc/${pid}/stat`, 'latin1'));
  } catch {
    // ENOENT or ESRCH: there is none. Elsewhere /proc is not mounted or hides it.
    return null;
  }
}

/** One process that is alive; null when there is none or it cannot be looked at. */
export function findProcess(pid: number): Pick<ProcessStat, 'pid' | 'startTicks'> | null {
  const found = readStat(pid);
  return found?.isZombie === false ? found : null;
}

/** But for those to be left out. Null when /proc cannot be read, as with all descriptors in use (EMFILE). */
export function listProcesses(leaveOut: (pid: number) => boolean = () => false): ProcessStat[] | null {
  let names: string[];
  try {
    names = readdirSync('/proc');
  } catch {
    // Whatever the reason: who asks has to do without, also where /proc is not mounted.
    return null;
  }
  return names
    .filter((name) => /^\d+$/.test(name) && !leaveOut(Number(name)))
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

/** Whether /proc is there and this PID namespace's: the pids of another one are other processes' here. */
export function isProcOurs(): boolean {
  try {
    return readlinkSync('/proc/self') === String(process.pid);
  } catch {
    // ENOENT: nothing is mounted there, or it is of a namespace that we are not in.
    return false;
  }
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

/** Living children of this process, adopted ones included; null when that cannot be found out. */
export function ownChildren(native: Pick<Native, 'hasChildren'>): ListedProcess[] | null {
  // Whoever ends has none as a rule, and a machine that is seen from outside a namespace has hundreds of processes.
  if (!native.hasChildren()) return [];
  if (!isProcOurs()) return null;
  return listProcesses()?.filter(({ parent, isZombie }) => parent === process.pid && !isZombie) ?? null;
}

/** Living descendants of this process, whatever stands between; null when that cannot be found out. */
export function ownDescendants(native: Pick<Native, 'hasChildren'>): ListedProcess[] | null {
  if (!native.hasChildren()) return [];
  const all = isProcOurs() ? listProcesses() : null;
  if (all === null) return null;
  const parents = new Map(all.map(({ pid, parent }) => [pid, parent]));
  return all.filter(({ pid, isZombie }) => !isZombie && pid !== process.pid && isDescendant(pid, process.pid, parents));
}

/** `4711 (node), 4712 (sleep)`. */
export function renderProcesses(processes: readonly ListedProcess[]): string {
  return processes.map(({ pid, name }) => `${pid} (${name})`).join(', ');
}
