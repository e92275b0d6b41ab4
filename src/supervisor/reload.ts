import type { Config, GroupConfig, ProcessConfig } from '../config/config.ts';
import { diffConfigs } from '../config/diff.ts';
import { memberId } from './policies.ts';

export interface ConfiguredProcess {
  readonly group: GroupConfig;
  readonly process: ProcessConfig;
}

/** What a new configuration asks for, process by process; whoever is in no list goes on undisturbed. */
export interface ReloadPlan {
  readonly added: readonly ConfiguredProcess[];
  /** Only a new process can have what changed. */
  readonly restarted: readonly ConfiguredProcess[];
  /** Every other process that stays, with the configuration it is under from now on. */
  readonly kept: readonly ConfiguredProcess[];
  readonly removed: readonly string[];
  readonly addedGroups: readonly string[];
  readonly removedGroups: readonly string[];
  /** For the main log. */
  readonly messages: readonly string[];
}

export function planReload(before: Config, after: Config): ReloadPlan {
  const { added, changed, removed, processes } = diffConfigs(before, after);
  const configured = new Map<string, ConfiguredProcess>();
  for (const group of after.groups) {
    for (const process of group.processes) configured.set(memberId(group.name, process.name), { group, process });
  }
  const find = (keys: readonly { group: string; process: string }[]): ConfiguredProcess[] =>
    keys.flatMap(({ group, process }) => configured.get(memberId(group, process)) ?? []);
  const isNew = find(processes.added);
  const restarted = find(processes.changed.filter(({ restart }) => restart));
  const moved = new Set([...isNew, ...restarted]);
  const line = (what: string, names: readonly string[]) => (names.length > 0 ? [`${what}: ${names.join(', ')}`] : []);
  const messages = [...line('added', added), ...line('changed', changed), ...line('removed', removed)];
  return {
    added: isNew,
    addedGroups: added,
    removedGroups: removed,
    restarted,
    kept: [...configured.values()].filter((process) => !moved.has(process)),
    removed: processes.removed.map(({ group, process }) => memberId(group, process)),
    messages: messages.length > 0 ? messages : ['No config updates to processes'],
  };
}
