import type { Config } from '../config/config.ts';
import { startWavesOf } from '../core/dependency-graph.ts';
import type { MemberSpec } from '../core/member.ts';
import { dependentOf, longestStopMs, sharesOf, type WorstStop } from '../core/worst-stop.ts';
import { CONDITIONS, type Dependency } from '../model/dependency.ts';
import { signalName } from '../model/signals.ts';
import { enoughSeconds, type Member, membersOf, worstStopOf } from './overspending.ts';
import { groupBy, PlanNames } from './plan-names.ts';

/** Longer names push what follows to the right, in their own line only. */
const WIDEST_COLUMN = 32;

const seconds = (ms: number) => `${Math.round(ms / 100) / 10} s`;

/** Rows of one step beyond this are only counted. */
const MOST_ROWS = 24;

type Row = readonly [left: string, right: string];

function shorten(rows: readonly Row[]): readonly Row[] {
  const more: Row = [`and ${rows.length - MOST_ROWS} lines more`, ''];
  return rows.length > MOST_ROWS ? [...rows.slice(0, MOST_ROWS), more] : rows;
}

/** Rows in columns; the number stands at the first row of each step. */
function renderSteps(all: readonly (readonly Row[])[]): readonly string[] {
  const steps = all.map(shorten);
  const width = String(steps.length).length;
  const lefts = steps.flatMap((rows) => rows.filter(([, right]) => right !== '').map(([left]) => left.length));
  const column = Math.min(Math.max(0, ...lefts), WIDEST_COLUMN);
  return steps.flatMap((rows, at) =>
    rows.map(([left, right], row) => {
      const number = (row === 0 ? String(at + 1) : '').padStart(width);
      return `  ${number}  ${right === '' ? left : `${left.padEnd(column)}  ${right}`}`;
    }),
  );
}

/** Those that start with the daemon, with all that they need. */
function startedIds(specs: ReadonlyMap<string, MemberSpec>): ReadonlySet<string> {
  const started = new Set<string>();
  const pending = [...specs.values()].filter(({ autostart }) => autostart);
  for (let spec = pending.pop(); spec !== undefined; spec = pending.pop()) {
    if (started.has(spec.id)) continue;
    started.add(spec.id);
    pending.push(...spec.dependsOn.flatMap(({ id }) => specs.get(id) ?? []));
  }
  return started;
}

/** `db, cache:ready`; running is what everybody expects. */
function renderNeeds(needs: readonly Dependency[], names: PlanNames): string {
  const parts = CONDITIONS.flatMap((condition) => {
    const ids = needs.filter((need) => need.condition === condition).map(({ id }) => id);
    return ids.length === 0 ? [] : [names.render(ids, condition === 'running' ? '' : `:${condition}`)];
  });
  return parts.length === 0 ? '' : `after ${parts.join(', ')}`;
}

function renderStart(members: readonly Member[], names: PlanNames): readonly string[] {
  const specs = new Map(members.map(({ spec }) => [spec.id, spec]));
  const started = startedIds(specs);
  const waves = startWavesOf(members.filter(({ spec }) => started.has(spec.id)).map(({ spec }) => dependentOf(spec)));
  const needsOf = (id: string) => renderNeeds(specs.get(id)?.dependsOn ?? [], names);
  const steps = waves.map((wave) =>
    [...groupBy(wave, needsOf)].map(([needs, ids]) => [names.render(ids), needs] as const),
  );
  const others = members.filter(({ spec }) => !started.has(spec.id));
  const reasons = new Map(
    others.map(({ spec, process }) => [
      spec.id,
      process.schedule === null ? 'autostart=false' : `schedule=${process.schedule}`,
    ]),
  );
  const left = [...groupBy([...reasons.keys()], (id) => reasons.get(id) ?? '')];
  return [
    'start, each as soon as what it waits for is there',
    ...renderSteps(steps),
    ...left.map(([reason, ids]) => `  not by itself: ${names.render(ids)} (${reason})`),
  ];
}

function renderStopSteps({ policy }: MemberSpec): string {
  const { stopSteps, hasPostStop } = policy;
  const signals = stopSteps.map(({ signal, waitMs }) => `${signalName(signal)?.slice(3) ?? signal}:${waitMs / 1000}`);
  const parts = [...(stopSteps.length > 1 ? [signals.join(' ')] : []), ...(hasPostStop ? ['with post_stop'] : [])];
  return parts.length === 0 ? '' : ` (${parts.join(', ')})`;
}

function renderTotal(worst: WorstStop, config: Config): string {
  const { stopMs, drainMs, waitableMs } = worst;
  const { shutdown_timeout } = config.supervisord;
  const sum = `${seconds(stopMs)} in all${drainMs === 0 ? '' : `, ${seconds(stopMs + drainMs)} with drain_delay`}`;
  if (shutdown_timeout === null) return `${sum}; no shutdown_timeout (docker stop waits 10 s, Kubernetes 30 s)`;
  if (stopMs <= waitableMs) return `${sum}; shutdown_timeout=${shutdown_timeout} is enough`;
  const left = `shutdown_timeout=${shutdown_timeout} leaves ${seconds(waitableMs)}, shared as shown`;
  return `${sum}; ${left}; ${enoughSeconds(worst)} would be enough`;
}

function renderStop(members: readonly Member[], names: PlanNames, config: Config): readonly string[] {
  const specs = new Map(members.map(({ spec }) => [spec.id, spec]));
  const worst = worstStopOf(config, members);
  const shares = sharesOf(worst);
  const steps = worst.layers.map(({ ids }, at) => {
    const share = shares[at] ?? 0;
    const timeOf = (id: string) => {
      const spec = specs.get(id);
      const wanted = spec === undefined ? 0 : longestStopMs(spec);
      return `${seconds(Math.min(wanted, share))}${wanted > share ? ` of ${seconds(wanted)}` : ''}`;
    };
    const howOf = (id: string) => {
      const spec = specs.get(id);
      return `${timeOf(id)}\n${spec === undefined ? '' : renderStopSteps(spec)}`;
    };
    return [...groupBy(ids, howOf)].map(([how, some]) => {
      const [time = '', steps = ''] = how.split('\n');
      return [time, names.render(some) + steps] as const;
    });
  });
  return [
    'stop, when everybody takes as long as allowed and is killed then',
    ...renderSteps(steps),
    `  ${renderTotal(worst, config)}`,
  ];
}

/** When programs start and stop, for people. */
export function renderPlan(config: Config): string {
  const members = membersOf(config);
  if (members.length === 0) return 'nothing to start\n';
  const names = new PlanNames(members.map(({ spec }) => spec.id));
  return `${[...renderStart(members, names), '', ...renderStop(members, names, config)].join('\n')}\n`;
}
