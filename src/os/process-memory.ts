import { readdirSync, readFileSync } from 'node:fs';

interface MemoryUse {
  readonly parent: number;
  readonly residentBytes: number;
}

const BYTES_PER_KIB = 1024;

/** Source: proc(5), /proc/[pid]/status; without VmRSS for kernel threads and zombies. Null when there is none. */
function readMemoryUse(pid: number): MemoryUse | null {
  try {
    const text = readFileSync(`/proc/${pid}/status`, 'latin1');
    const parent = /^PPid:\s+(\d+)/m.exec(text)?.[1];
    const kib = /^VmRSS:\s+(\d+) kB/m.exec(text)?.[1];
    return { parent: Number(parent), residentBytes: Number(kib ?? 0) * BYTES_PER_KIB };
  } catch {
    // ENOENT or ESRCH: it has ended. Elsewhere /proc is not mounted or hides it.
    return null;
  }
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
