import { closeSync, existsSync, openSync, readFileSync, readSync, statSync } from 'node:fs';
import { availableParallelism, hostname, tmpdir } from 'node:os';
import { glob } from './glob.ts';
import type { Native } from './native.ts';

type Users = Pick<Native, 'userByName' | 'userByUid' | 'gidByName' | 'groupExists'>;

// A configuration above this is refused; a device without an end must not fill the memory first.
const READ_LIMIT_BYTES = 16 * 1024 * 1024 + 1;
const READ_STEP_BYTES = 64 * 1024;

function readAtMost(fd: number, limit: number): Uint8Array {
  const chunks: Buffer[] = [];
  let size = 0;
  while (size < limit) {
    const chunk = Buffer.allocUnsafe(Math.min(READ_STEP_BYTES, limit - size));
    const count = readSync(fd, chunk);
    if (count === 0) break;
    chunks.push(chunk.subarray(0, count));
    size += count;
  }
  return Buffer.concat(chunks);
}

function readFile(path: string): Uint8Array {
  const fd = openSync(path, 'r');
  try {
    return readAtMost(fd, READ_LIMIT_BYTES);
  } finally {
    closeSync(fd);
  }
}

function isDirectory(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false;
}

function isDirectoryOrFalse(path: string): boolean {
  try {
    return isDirectory(path);
  } catch {
    // ENOTDIR, EACCES, ELOOP: whatever is there, it is no directory that can be used.
    return false;
  }
}

function readText(path: string): string | null {
  try {
    return readFileSync(path, 'utf8').trim();
  } catch {
    // This version of cgroups is not mounted here.
    return null;
  }
}

function quotient(quota: string | undefined, period: string | undefined): number | null {
  const share = Number(quota) / Number(period);
  return Number.isFinite(share) && share > 0 ? share : null;
}

/** CPUs that the container's cgroup allows, in fractions; null without a limit. Source: cgroups(7). */
function cgroupCpus(): number | null {
  const unified = readText('/sys/fs/cgroup/cpu.max')?.split(' ');
  if (unified !== undefined) return quotient(unified[0], unified[1]);
  const quota = readText('/sys/fs/cgroup/cpu/cpu.cfs_quota_us');
  return quotient(quota ?? undefined, readText('/sys/fs/cgroup/cpu/cpu.cfs_period_us') ?? undefined);
}

/** Whole CPUs that may be used, at least 1; a fraction counts as one more. */
export function usableCpus(): number {
  const limit = cgroupCpus();
  const machine = availableParallelism();
  return limit === null ? machine : Math.max(1, Math.min(machine, Math.ceil(limit)));
}

/** Everything that reading a configuration takes from the system; `env` is the daemon's own environment. */
export function createConfigSource(
  users: Users,
  process: { readonly env: Readonly<Record<string, string>>; readonly cwd: string; readonly uid: number },
) {
  const { env, cwd, uid } = process;
  return {
    env,
    cwd,
    uid,
    readFile,
    glob,
    isDirectory: isDirectoryOrFalse,
    exists: existsSync,
    hostName: hostname(),
    get cpus() {
      return usableCpus();
    },
    tempDir: tmpdir(),
    homeDir: env.HOME ?? users.userByUid(uid)?.home ?? '/',
    userByName: users.userByName,
    userByUid: users.userByUid,
    gidByName: users.gidByName,
    groupExists: users.groupExists,
    homeOf: (user: string) => users.userByName(user)?.home ?? null,
  };
}
