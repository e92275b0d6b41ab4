import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { canMakeMemoryCgroup } from './memory-cgroup.ts';

/** Everything that a test may need beyond Node, npm and a C compiler, and how to find out. */
const REQUIREMENTS = {
  root: { met: () => process.getuid?.() === 0, why: 'needs root' },
  'pid namespaces': {
    met: () => spawnSync('unshare', ['--pid', '--fork', '--mount-proc', 'true']).status === 0,
    why: 'needs unshare(1) and the right to make a PID namespace',
  },
  'memory cgroups': { met: canMakeMemoryCgroup, why: 'needs the right to make a memory cgroup' },
  supervisor: { met: () => existsSync('/usr/bin/supervisord'), why: "needs Debian's package supervisor" },
  tini: { met: () => existsSync('/usr/bin/tini'), why: "needs Debian's package tini" },
  'dumb-init': { met: () => existsSync('/usr/bin/dumb-init'), why: "needs Debian's package dumb-init" },
  script: { met: () => existsSync('/usr/bin/script'), why: 'needs script(1) of util-linux' },
  python3: { met: () => existsSync('/usr/bin/python3'), why: "needs Debian's package python3" },
  'systemd-notify': { met: () => existsSync('/usr/bin/systemd-notify'), why: "needs Debian's package systemd" },
  postgresql: { met: () => existsSync('/usr/lib/postgresql/15/bin/postgres'), why: "needs Debian's postgresql-15" },
  chromium: { met: () => existsSync('/usr/bin/chromium'), why: "needs Debian's package chromium" },
  'container engine': {
    met: () => containerEngine() !== null,
    why: 'needs docker, or podman through container-engine',
  },
} as const;

export type Requirement = keyof typeof REQUIREMENTS;

const known = new Map<Requirement, boolean>();
const engines = new Map<string, boolean>();

function isWorkingEngine(name: string): boolean {
  // Not `images`, which fails while another test removes one.
  const works = engines.get(name) ?? spawnSync(name, ['version']).status === 0;
  engines.set(name, works);
  return works;
}

/** The command of a container engine that works here, null when there is none. */
export function containerEngine(): string | null {
  const candidates = [process.env.CONTAINER_ENGINE, 'docker'].filter((name) => name !== undefined);
  return candidates.find(isWorkingEngine) ?? null;
}

/**
 * For a test's `skip`: false when all is there, else why the test is skipped.
 * With NO_SKIP=1, as in CI, what is missing is an error.
 */
export function missing(...requirements: readonly Requirement[]): string | false {
  for (const requirement of requirements) {
    const { met, why } = REQUIREMENTS[requirement];
    const isMet = known.get(requirement) ?? met();
    known.set(requirement, isMet);
    if (isMet) continue;
    if (process.env.NO_SKIP === '1') throw new Error(`no test may be skipped here, but one ${why}`);
    return why;
  }
  return false;
}
