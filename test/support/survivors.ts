import { readdirSync, readFileSync, readlinkSync } from 'node:fs';

/** Set in the environment of everything that a test run starts. */
export const RUN_MARK = 'INITVISOR_TEST_RUN';

export interface Survivor {
  readonly pid: number;
  readonly commandLine: string;
}

function readProc(pid: string, file: string): string {
  try {
    return readFileSync(`/proc/${pid}/${file}`, 'latin1');
  } catch {
    // ENOENT, ESRCH: it has ended. EACCES: another user's, so not ours.
    return '';
  }
}

/** Living processes with `NAME=value` in their environment, this one excepted. */
export function processesWith(name: string, value: string): Survivor[] {
  return readdirSync('/proc')
    .filter((pid) => /^\d+$/.test(pid) && Number(pid) !== process.pid)
    .filter((pid) => readProc(pid, 'environ').split('\0').includes(`${name}=${value}`))
    .map((pid) => ({ pid: Number(pid), commandLine: readProc(pid, 'cmdline').replaceAll('\0', ' ').trim() }));
}

/** Living processes that work in a directory, also when it has been removed, whatever their environment says. */
export function processesIn(directory: string): Survivor[] {
  const worksThere = (pid: string): boolean => {
    try {
      return readlinkSync(`/proc/${pid}/cwd`).replace(/ \(deleted\)$/, '') === directory;
    } catch {
      // ENOENT, ESRCH: it has ended. EACCES: another user's, so not ours.
      return false;
    }
  };
  return readdirSync('/proc')
    .filter((pid) => /^\d+$/.test(pid) && Number(pid) !== process.pid && worksThere(pid))
    .map((pid) => ({ pid: Number(pid), commandLine: readProc(pid, 'cmdline').replaceAll('\0', ' ').trim() }));
}

/** SIGKILL to each, those that ended meanwhile excepted. */
export function killAll(survivors: readonly Survivor[]): void {
  for (const { pid } of survivors) {
    // 0 is one that never was, and would be our own process group.
    if (pid <= 0) continue;
    try {
      process.kill(pid, 'SIGKILL');
    } catch {
      // ESRCH: it ended first.
    }
  }
}

/** Pids of the children of a process. */
export function childrenOf(pid: number): number[] {
  return readProc(String(pid), `task/${pid}/children`).split(' ').filter(Boolean).map(Number);
}

export function isZombie(pid: number): boolean {
  return /^State:\s+Z/m.test(readProc(String(pid), 'status'));
}
