import { existsSync, mkdirSync, readFileSync, rmdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { INITVISOR } from './daemon.ts';
import { waitFor } from './wait-for.ts';

/** Of the two versions: where cgroups are made, and the names of the limits; swap would only put off the end. */
const VERSIONS = [
  {
    parent: '/sys/fs/cgroup/memory',
    isThere: () => existsSync('/sys/fs/cgroup/memory/memory.oom_control'),
    limits: ['memory.limit_in_bytes', 'memory.memsw.limit_in_bytes'],
  },
  {
    parent: '/sys/fs/cgroup',
    isThere: () => readFileSync('/sys/fs/cgroup/cgroup.subtree_control', 'latin1').split(/\s/).includes('memory'),
    limits: ['memory.max', 'memory.swap.max'],
  },
] as const;

function makeCgroup(name: string): { readonly path: string; readonly limits: readonly string[] } | null {
  for (const { parent, isThere, limits } of VERSIONS) {
    try {
      if (!isThere()) continue;
      const path = join(parent, name);
      mkdirSync(path);
      return { path, limits };
    } catch {
      // Not mounted, read-only, or not ours.
    }
  }
  return null;
}

export function canMakeMemoryCgroup(): boolean {
  const made = makeCgroup(`initvisor-test-probe-${process.pid}`);
  if (made !== null) rmdirSync(made.path);
  return made !== null;
}

export interface MemoryCgroup {
  /** The daemon's command line in it, for `startDaemon`. */
  readonly command: readonly [string, ...string[]];
  /** Once nobody is in it any more. */
  remove(): Promise<void>;
}

/** A cgroup that holds so many bytes and no swap. */
export function createMemoryCgroup(name: string, bytes: number): MemoryCgroup {
  const made = makeCgroup(`initvisor-test-${process.pid}-${name}`);
  if (made === null) throw new Error('cannot make a memory cgroup');
  const { path, limits } = made;
  for (const limit of limits.filter((file) => existsSync(join(path, file)))) {
    writeFileSync(join(path, limit), limit === 'memory.swap.max' ? '0' : String(bytes));
  }
  const enter = 'echo $$ > "$0/cgroup.procs" && exec "$@"';
  return {
    command: ['sh', '-c', enter, path, process.execPath, INITVISOR],
    remove: async () => {
      await waitFor(() => {
        try {
          rmdirSync(path);
          return true;
        } catch {
          // EBUSY: its last process is a zombie yet.
          return false;
        }
      }, `${path} to be empty`);
    },
  };
}
