import { readFileSync } from 'node:fs';

/** A file's text; null when it is not there or not to be read. */
export type ReadText = (path: string) => string | null;

/** How many processes of a cgroup the kernel has killed for memory; null when that cannot be told. */
export type ReadKillCount = () => number | null;

/** One of cgroup's hierarchies. Their two versions may both be mounted, the memory controller belongs to one. */
interface Hierarchy {
  readonly isOurs: (controllers: readonly string[]) => boolean;
  readonly isMounted: (fsType: string, options: readonly string[]) => boolean;
  readonly file: string;
}

const HIERARCHIES: readonly Hierarchy[] = [
  {
    isOurs: (controllers) => controllers.includes('memory'),
    isMounted: (fsType, options) => fsType === 'cgroup' && options.includes('memory'),
    // Has the count since Linux 4.13.
    file: 'memory.oom_control',
  },
  {
    isOurs: ([first]) => first === '',
    isMounted: (fsType) => fsType === 'cgroup2',
    // Not memory.events.local: where processes are, nothing below has memory of its own, so both count the same; and
    // where all of a container is moved into a cgroup below, as for Docker in Docker, only this one goes on counting.
    // Not watched: it also tells of each time that the limit is reached, and a page cache does that all day.
    file: 'memory.events',
  },
];

function readText(path: string): string | null {
  try {
    return readFileSync(path, 'latin1');
  } catch {
    // Whatever the reason, ENOENT and EACCES above all: a machine that does not tell is nothing to complain of.
    return null;
  }
}

/** Source: cgroups(7), /proc/[pid]/cgroup. */
function ownPath(text: string, { isOurs }: Hierarchy): string | null {
  for (const line of text.split('\n')) {
    const [, controllers, ...path] = line.split(':');
    if (controllers !== undefined && isOurs(controllers.split(','))) return path.join(':');
  }
  return null;
}

interface Mount {
  /** What of the hierarchy is to be seen there. */
  readonly root: string;
  readonly point: string;
}

const unescapePath = (path: string): string =>
  path.replace(/\\([0-7]{3})/g, (_, digits: string) => String.fromCharCode(Number.parseInt(digits, 8)));

/** Source: proc(5), /proc/[pid]/mountinfo. */
function mountsOf(text: string, { isMounted }: Hierarchy): Mount[] {
  return text.split('\n').flatMap((line) => {
    const [before = '', after = ''] = line.split(' - ');
    const [, , , root = '', point = ''] = before.split(' ');
    const [fsType = '', , options = ''] = after.split(' ');
    return isMounted(fsType, options.split(',')) ? [{ root: unescapePath(root), point: unescapePath(point) }] : [];
  });
}

/** Where a cgroup is to be seen; null when it is outside of what is mounted, which may be another namespace's. */
function locate(path: string, { root, point }: Mount): string | null {
  const below = root === '/' ? path : `${path}/`.startsWith(`${root}/`) ? path.slice(root.length) : null;
  if (below === null || below.split('/').includes('..')) return null;
  return `${point}${below === '/' ? '' : below}`;
}

function readCount(read: ReadText, path: string): number | null {
  const count = /^oom_kill (\d+)$/m.exec(read(path) ?? '')?.[1];
  return count === undefined ? null : Number(count);
}

/** Finds the counter of this process's cgroup; null where there is none. */
export function findKillCount(read: ReadText = readText): ReadKillCount | null {
  const [own, mountinfo] = [read('/proc/self/cgroup') ?? '', read('/proc/self/mountinfo') ?? ''];
  for (const hierarchy of HIERARCHIES) {
    const path = ownPath(own, hierarchy);
    if (path === null) continue;
    for (const mount of mountsOf(mountinfo, hierarchy)) {
      const directory = locate(path, mount);
      const file = `${directory}/${hierarchy.file}`;
      if (directory !== null && readCount(read, file) !== null) return () => readCount(read, file);
    }
  }
  return null;
}
