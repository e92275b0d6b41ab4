import { closeSync, readFileSync, statSync } from 'node:fs';
import { isSystemError } from './fds.ts';
import type { Native } from './native.ts';
import { isProcOurs, listProcesses, type ProcessStat, readStat } from './process-table.ts';

/** Who is whose child. */
export interface Family {
  /** Pids of this process's children when it was read: adopted orphans too, and zombies that have not been reaped. */
  readonly own: readonly number[];
  childrenOf(pid: number): readonly number[];
}

/** Null when nobody may look; `changing` while it becomes another program (execve) or ends, and has none for a moment. */
export type Environment = readonly string[] | 'changing' | null;

/** What can be found out about processes. */
export interface ProcessSource {
  /** Null where that cannot be found out: /proc is not mounted or another PID namespace's, or descriptors ran out. */
  readFamily(): Family | null;
  /** Who hangs on whom, without those to be left out: faster where these are most of all processes. */
  readChildren(leaveOut: (pid: number) => boolean): Pick<Family, 'childrenOf'> | null;
  /** Of this process. */
  readSelf(): ProcessStat | null;
  readStat(pid: number): ProcessStat | null;
  /** What it was started with, `NAME=value` each. */
  readEnvironment(pid: number): Environment;
}

/** None of one that has ended: its children are its parent's or ours. */
function childrenOf(native: Pick<Native, 'listChildren'>, pid: number): readonly number[] {
  try {
    return native.listChildren(pid, false);
  } catch {
    // ENOENT or ESRCH.
    return [];
  }
}

/** Who is whose child by what each says of its parent; null when that cannot be found out. */
function readParents(leaveOut?: (pid: number) => boolean): ((pid: number) => readonly number[]) | null {
  const all = listProcesses(leaveOut);
  if (all === null) return null;
  const byParent = new Map<number, number[]>();
  for (const { pid, parent } of all) {
    const siblings = byParent.get(parent);
    if (siblings === undefined) byParent.set(parent, [pid]);
    else siblings.push(pid);
  }
  return (pid) => byParent.get(pid) ?? [];
}

/** For a kernel that keeps no lists of children (CONFIG_PROC_CHILDREN). */
function familyFromTable(self: number): Family | null {
  const find = readParents();
  return find === null ? null : { own: find(self), childrenOf: find };
}

function readFamily(native: Pick<Native, 'listChildren'>, self: number = process.pid): Family | null {
  if (!isProcOurs()) return null;
  try {
    // All of ours are the first thread's: it starts them, and the kernel gives it the orphans.
    return { own: native.listChildren(self, true), childrenOf: (pid) => childrenOf(native, pid) };
  } catch (error) {
    // With anything else, as EMFILE, a look at all processes fails as well.
    return isSystemError(error) && error.code === 'ENOENT' ? familyFromTable(self) : null;
  }
}

function readAsItsUser(native: Pick<Native, 'openAs'>, pid: number): string | null {
  try {
    const { uid, gid } = statSync(`/proc/${pid}`);
    const fd = native.openAs(`/proc/${pid}/environ`, uid, gid);
    try {
      return readFileSync(fd, 'utf8');
    } finally {
      closeSync(fd);
    }
  } catch {
    // EACCES: it may not be looked at by its own user either, as one that has changed its user since it was started.
    return null;
  }
}

/** Empty when it has none, or none for now; null when nobody may look. */
function readEnvironmentText(native: Pick<Native, 'openAs'>, pid: number): string | null {
  try {
    return readFileSync(`/proc/${pid}/environ`, 'utf8');
  } catch (error) {
    if (!isSystemError(error) || !['EACCES', 'EPERM'].includes(error.code)) return '';
    return process.getuid?.() === 0 ? readAsItsUser(native, pid) : null;
  }
}

/** It has none while it has no environment because it becomes another program or ends. */
function hasCommandLine(pid: number): boolean {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'latin1') !== '';
  } catch {
    // ENOENT or ESRCH: it has ended.
    return false;
  }
}

function readEnvironment(native: Pick<Native, 'openAs'>, pid: number): Environment {
  let text = readEnvironmentText(native, pid);
  if (text === '') {
    if (!hasCommandLine(pid)) return 'changing';
    text = readEnvironmentText(native, pid);
  }
  return text?.split('\0') ?? null;
}

export function createProcessSource(native: Pick<Native, 'openAs' | 'listChildren'>): ProcessSource {
  return {
    readFamily: () => readFamily(native),
    readChildren(leaveOut) {
      const childrenOf = isProcOurs() ? readParents(leaveOut) : null;
      return childrenOf === null ? null : { childrenOf };
    },
    readSelf: () => readStat(process.pid),
    readStat,
    readEnvironment: (pid) => readEnvironment(native, pid),
  };
}
