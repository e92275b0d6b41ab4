import { readdirSync, readFile, readFileSync } from 'node:fs';

export interface MemoryUse {
  readonly parent: number;
  readonly residentBytes: number;
  /** Of that, what is mapped from files and what is shared memory, both of which others may have as well. */
  readonly fileBytes: number;
  readonly sharedBytes: number;
}

const BYTES_PER_KIB = 1024;
const USE_FIELDS = /^(PPid|VmRSS|RssFile|RssShmem):\s+(\d+)/gm;

/** Source: proc(5), /proc/[pid]/status; without VmRSS for kernel threads and zombies. Null when there is none. */
export function readMemoryUse(pid: number, proc = '/proc'): MemoryUse | null {
  try {
    const text = readFileSync(`${proc}/${pid}/status`, 'latin1');
    const fields = new Map([...text.matchAll(USE_FIELDS)].map(([, name, value]) => [name, Number(value)]));
    const bytesOf = (name: string): number => (fields.get(name) ?? 0) * BYTES_PER_KIB;
    return {
      parent: fields.get('PPid') ?? 0,
      residentBytes: bytesOf('VmRSS'),
      fileBytes: bytesOf('RssFile'),
      sharedBytes: bytesOf('RssShmem'),
    };
  } catch {
    // ENOENT or ESRCH: it has ended. Elsewhere /proc is not mounted or hides it.
    return null;
  }
}

/**
 * Bytes of a process, each page divided by how many have it. The kernel walks through all of them, and waits while the
 * process changes what it has mapped, so this never holds up the event loop. Null where the kernel does not tell: of
 * other users' processes without CAP_SYS_PTRACE, or when it has ended. Source: proc(5), /proc/[pid]/smaps_rollup.
 */
export function readProportionalBytes(pid: number, proc = '/proc'): Promise<number | null> {
  return new Promise((resolve) => {
    readFile(`${proc}/${pid}/smaps_rollup`, 'latin1', (error, text) => {
      const kib = error === null ? /^Pss:\s+(\d+) kB/m.exec(text)?.[1] : undefined;
      resolve(kib === undefined ? null : Number(kib) * BYTES_PER_KIB);
    });
  });
}

function readAllMemoryUse(): ReadonlyMap<number, MemoryUse> {
  const pids = readdirSync('/proc').map(Number).filter(Number.isInteger);
  const found = new Map<number, MemoryUse>();
  for (const pid of pids) {
    const use = readMemoryUse(pid);
    if (use !== null) found.set(pid, use);
  }
  return found;
}

/** Resident bytes of a process; null when there is none or nobody may look. */
export function readResidentBytes(pid: number): number | null {
  return readMemoryUse(pid)?.residentBytes ?? null;
}

/** Resident bytes of a process and all its descendants; null when there is none. */
export function readTreeResidentBytes(root: number): number | null {
  const all = readAllMemoryUse();
  if (!all.has(root)) return null;
  const isInTree = (pid: number): boolean => {
    // Bounded: a table read while pids are taken again may lead in a circle.
    let at = pid;
    for (let steps = 0; steps <= all.size && at > 0; steps++) {
      if (at === root) return true;
      at = all.get(at)?.parent ?? 0;
    }
    return false;
  };
  let sum = 0;
  for (const [pid, { residentBytes }] of all) if (isInTree(pid)) sum += residentBytes;
  return sum;
}
