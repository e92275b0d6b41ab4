import type { Native } from './native.ts';

/** Resource numbers on x86 and ARM. Source: getrlimit(2). */
export const RLIMIT_NUMBERS = {
  CPU: 0,
  FSIZE: 1,
  DATA: 2,
  STACK: 3,
  CORE: 4,
  RSS: 5,
  NPROC: 6,
  NOFILE: 7,
  MEMLOCK: 8,
  AS: 9,
  LOCKS: 10,
  SIGPENDING: 11,
  MSGQUEUE: 12,
  NICE: 13,
  RTPRIO: 14,
  RTTIME: 15,
} as const;

export type RlimitName = keyof typeof RLIMIT_NUMBERS;

type Limits = Pick<Native, 'getRlimit' | 'setRlimit'>;

export interface RaisedLimits {
  /** For the main log, level info. */
  readonly messages: readonly string[];
  /** Why a limit stays below what the configuration asks for; the daemon ends with it. */
  readonly problem: string | null;
}

const UNLIMITED = -1;

const isBelow = (limit: number, wanted: number): boolean => limit !== UNLIMITED && limit < wanted;

function renderTooFewFiles(wanted: number, possible: number): string {
  return (
    `The minimum number of file descriptors required to run this process is ${wanted} as per the "minfds" ` +
    'command-line argument or config file setting. The current environment will only allow you to open ' +
    `${possible} file descriptors.  Either raise the number of usable file descriptors in your environment ` +
    '(see README.rst) or lower the minfds setting in the config file to allow the process to start.'
  );
}

function renderTooFewProcesses(wanted: number, possible: number): string {
  return (
    `The minimum number of available processes required to run this program is ${wanted} as per the "minprocs" ` +
    'command-line argument or config file setting. The current environment will only allow you to open ' +
    `${possible} processes.  Either raise the number of usable processes in your environment ` +
    '(see README.rst) or lower the minprocs setting in the config file to allow the program to start.'
  );
}

/** Raises the soft limit, the hard one only where it must be; the limit in force when it cannot, else null. */
function raiseLimit(limits: Limits, resource: number, wanted: number): 'enough' | 'raised' | { possible: number } {
  const [soft, hard] = limits.getRlimit(resource);
  if (!isBelow(soft, wanted)) return 'enough';
  try {
    limits.setRlimit(resource, wanted, isBelow(hard, wanted) ? wanted : hard);
    return 'raised';
  } catch {
    // EPERM: only a privileged process raises a hard limit. The caller says so with the number that holds.
    return { possible: hard };
  }
}

/** Raises this process's limits to `minfds` and `minprocs`. Source: supervisor/options.py set_rlimits_or_exit. */
export function raiseLimits(limits: Limits, wanted: { minfds: number; minprocs: number }): RaisedLimits {
  const rows = [
    { name: 'NOFILE', wanted: wanted.minfds, render: renderTooFewFiles },
    { name: 'NPROC', wanted: wanted.minprocs, render: renderTooFewProcesses },
  ] as const;
  const messages: string[] = [];
  for (const row of rows) {
    const result = raiseLimit(limits, RLIMIT_NUMBERS[row.name], row.wanted);
    if (result === 'raised') messages.push(`Increased RLIMIT_${row.name} limit to ${row.wanted}`);
    else if (result !== 'enough') return { messages, problem: row.render(row.wanted, result.possible) };
  }
  return { messages, problem: null };
}
