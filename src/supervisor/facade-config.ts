import type { Config, GroupConfig } from '../config/config.ts';
import { diffConfigs } from '../config/diff.ts';
import { STOPPED_STATES } from '../model/states.ts';
import type { Facade, PlannedChange, Refusal } from './facade.ts';
import type { FacadeContext } from './facade-context.ts';
import { memberId } from './policies.ts';

type ConfigControl = Pick<
  Facade,
  'configuredGroups' | 'reread' | 'plannedChanges' | 'addGroup' | 'removeGroup' | 'scale'
>;

const byPriorityAndName = (a: GroupConfig, b: GroupConfig): number =>
  a.priority - b.priority || (a.name < b.name ? -1 : 1);

/** The part of the facade that is about the configuration: the one that runs, and the one that was read last. */
export function configControl({ supervisor, reread }: FacadeContext): ConfigControl {
  /** As read last: it still has the groups that were removed here. */
  let newest = supervisor.config;
  let applied = supervisor.config;

  function newestConfig(): Config {
    // Somebody else, SIGHUP that is, has read and applied another one.
    if (applied !== supervisor.config) newest = supervisor.config;
    applied = supervisor.config;
    return newest;
  }

  /** The running configuration with other groups. */
  function applyGroups(groups: readonly GroupConfig[]): void {
    newestConfig();
    supervisor.reload({ ...supervisor.config, groups: [...groups].sort(byPriorityAndName) });
    applied = supervisor.config;
  }

  function removeGroup(name: string): 'removed' | 'running' | 'unknown' {
    const group = supervisor.config.groups.find((active) => active.name === name);
    if (group === undefined) return 'unknown';
    const isDown = (process: string) => {
      const state = supervisor.stateOf(memberId(name, process))?.state ?? 'STOPPED';
      return STOPPED_STATES.has(state);
    };
    if (!group.processes.every((process) => isDown(process.name))) return 'running';
    applyGroups(supervisor.config.groups.filter((active) => active.name !== name));
    return 'removed';
  }

  function addGroup(name: string): 'added' | 'active' | 'unknown' {
    const { groups } = supervisor.config;
    if (groups.some((active) => active.name === name)) return 'active';
    const group = newestConfig().groups.find((configured) => configured.name === name);
    if (group === undefined) return 'unknown';
    applyGroups([...groups, group]);
    return 'added';
  }

  function plannedChanges(): readonly PlannedChange[] {
    const { added, changed, removed } = diffConfigs(supervisor.config, newestConfig()).processes;
    const plan = (
      what: PlannedChange['what'],
      keys: readonly { group: string; process: string; options?: readonly string[] }[],
    ) => keys.map(({ group, process, options = [] }) => ({ id: memberId(group, process), what, options }));
    return [
      ...plan('stop', removed),
      ...plan(
        'restart',
        changed.filter(({ restart }) => restart),
      ),
      ...plan(
        'adopt',
        changed.filter(({ restart }) => !restart),
      ),
      ...plan('start', added),
    ];
  }

  function scale(program: string, processes: number): Refusal {
    const sections = supervisor.config.groups
      .flatMap((group) => group.processes)
      .filter((each) => each.program === program);
    const section = sections[0]?.section;
    if (section === undefined) return { reason: `no such program: ${program}` };
    const result = reread(new Map([[section, processes]]));
    if (!result.ok) return { reason: result.fatal };
    const scaled = new Map(result.config.groups.map((group) => [group.name, group]));
    const concerns = (group: GroupConfig) => group.processes.some((process) => process.section === section);
    applyGroups(supervisor.config.groups.map((group) => (concerns(group) ? (scaled.get(group.name) ?? group) : group)));
    return null;
  }

  return {
    configuredGroups() {
      const active = new Set(supervisor.config.groups.map(({ name }) => name));
      return newestConfig().groups.map(({ name, processes, priority }) => ({
        name,
        processes,
        priority,
        active: active.has(name),
      }));
    },
    reread() {
      const result = reread();
      if (!result.ok) return { ok: false, message: result.fatal };
      newest = result.config;
      applied = supervisor.config;
      const { added, changed, removed } = diffConfigs(supervisor.config, newest);
      return { ok: true, diff: { added, changed, removed } };
    },
    plannedChanges,
    addGroup,
    removeGroup,
    scale,
  };
}
