import type { Config, ProcessConfig } from '../config/config.ts';
import type { Finding } from '../config/container-lint/finding.ts';
import type { MemberSpec } from '../core/member.ts';
import { longestStopMs, sharesOf, type WorstStop, worstStop } from '../core/worst-stop.ts';
import { memberSpecOf } from '../supervisor/policies.ts';

/** What waits longest for a container to stop, unless it is told to wait longer. Source: Kubernetes' default. */
const PATIENCE_MS = 30_000;

export interface Member {
  readonly spec: MemberSpec;
  readonly process: ProcessConfig;
}

const seconds = (ms: number) => Math.round(ms / 100) / 10;

export function membersOf(config: Config): readonly Member[] {
  return config.groups.flatMap((group) =>
    group.processes.map((process) => ({ spec: memberSpecOf(group, process), process })),
  );
}

export function worstStopOf({ supervisord }: Config, members: readonly Member[]): WorstStop {
  const { shutdown_timeout, drain_delay } = supervisord;
  const budgetMs = shutdown_timeout === null ? null : shutdown_timeout * 1000;
  return worstStop(
    members.map(({ spec }) => spec),
    { budgetMs, drainMs: drain_delay * 1000 },
  );
}

/** Whole seconds of a shutdown_timeout that cuts nothing: all of it, and what is kept back for SIGKILL. */
export function enoughSeconds({ stopMs, drainMs }: WorstStop): number {
  return Math.ceil(seconds(Math.max(drainMs * 2, drainMs + Math.min(stopMs / 0.9, stopMs + 1000))));
}

type IsWritten = (section: string, key: string) => boolean;

/** Only a time that somebody has asked for is missed when it is cut. */
function isAskedFor({ process, spec }: Member, isWritten: IsWritten): boolean {
  return isWritten(process.section, spec.policy.stopSteps.length > 1 ? 'stopsignal' : 'stopwaitsecs');
}

/** Of the processes whose time is cut, the one that loses most. */
function mostCut(members: readonly Member[], worst: WorstStop): { member: Member; givenMs: number } | null {
  const given = new Map(
    sharesOf(worst).flatMap((share, at) => (worst.layers[at]?.ids ?? []).map((id) => [id, share] as const)),
  );
  let found: { member: Member; givenMs: number; lostMs: number } | null = null;
  for (const member of members) {
    const stopMs = longestStopMs(member.spec);
    const givenMs = given.get(member.spec.id) ?? stopMs;
    const lostMs = stopMs - givenMs;
    if (lostMs >= 100 && lostMs > (found?.lostMs ?? 0)) found = { member, givenMs, lostMs };
  }
  return found;
}

function findUnlimited(members: readonly Member[], worst: WorstStop): Finding | null {
  const totalMs = worst.stopMs + worst.drainMs;
  if (totalMs <= PATIENCE_MS) return null;
  const slowest = members.reduce<Member | null>(
    (most, member) => (most && longestStopMs(most.spec) >= longestStopMs(member.spec) ? most : member),
    null,
  );
  const enough = enoughSeconds(worst);
  const steps = worst.layers.length > 1 ? ` in ${worst.layers.length} steps` : '';
  return {
    section: slowest?.process.section ?? 'supervisord',
    key: (slowest?.spec.policy.stopSteps.length ?? 0) > 1 ? 'stopsignal' : 'stopwaitsecs',
    found: `stopping everything may take ${seconds(totalMs)} seconds${steps}, and docker stop waits 10, Kubernetes 30; give the container ${enough} and write shutdown_timeout=${enough} in [supervisord], or shutdown_timeout=9 to cut it short`,
  };
}

/** What to tell of the time that stopping everything may take; null: it is all right. */
export function findOverspending(config: Config, isWritten: IsWritten): Finding | null {
  const members = membersOf(config);
  const worst = worstStopOf(config, members);
  if (worst.waitableMs === Infinity) return findUnlimited(members, worst);
  const asked = members.filter((member) => isAskedFor(member, isWritten));
  const cut = mostCut(asked, worst);
  if (cut === null) return null;
  const { section } = cut.member.process;
  const [wanted, given] = [seconds(longestStopMs(cut.member.spec)), seconds(cut.givenMs)];
  return {
    section: 'supervisord',
    key: 'shutdown_timeout',
    found: `gives [${section}] ${given} of the ${wanted} seconds that it may take to stop, when all others take their time too; write shutdown_timeout=${enoughSeconds(worst)}, or less time to stop (check --plan shows all)`,
  };
}
