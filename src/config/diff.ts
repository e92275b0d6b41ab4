import { isDeepStrictEqual } from 'node:util';
import type { Config, GroupConfig, ProcessConfig } from './config.ts';
import { optionsOf, type ProcessOption } from './resolved.ts';
import { programSchema } from './schema/program.ts';

export interface ProcessKey {
  readonly group: string;
  readonly process: string;
}

export interface ChangedProcess extends ProcessKey {
  readonly options: readonly ProcessOption[];
  /** False: the running process can take the new values over. */
  readonly restart: boolean;
}

/** What differs between two configurations: by group as clients are told, and by process as it is applied. */
export interface ConfigDiff {
  readonly added: readonly string[];
  readonly changed: readonly string[];
  readonly removed: readonly string[];
  readonly processes: {
    readonly added: readonly ProcessKey[];
    readonly changed: readonly ChangedProcess[];
    readonly removed: readonly ProcessKey[];
  };
}

type OptionName = keyof typeof programSchema & ProcessOption;

function changedOptions(before: ProcessConfig, after: ProcessConfig): readonly OptionName[] {
  const [old, now] = [optionsOf(before), optionsOf(after)];
  const names = Object.keys(programSchema).filter((name): name is OptionName => name in now);
  return names.filter((name) => !isDeepStrictEqual(old[name], now[name]));
}

/** What all processes of a group share and cannot outlive: its kind, its socket, its pool of events. */
const frameOf = ({ kind, fcgi, listener }: GroupConfig) => ({ kind, fcgi, listener });

function compareProcess(group: string, before: ProcessConfig, after: ProcessConfig, reframed: boolean): ChangedProcess {
  const options = changedOptions(before, after);
  const restart = reframed || options.some((name) => programSchema[name].onChange === 'restart');
  return { group, process: after.name, options, restart };
}

interface GroupDiff {
  readonly added: readonly ProcessKey[];
  readonly changed: readonly ChangedProcess[];
  readonly removed: readonly ProcessKey[];
  readonly differs: boolean;
}

const keysOf = (group: GroupConfig) => group.processes.map((process) => ({ group: group.name, process: process.name }));

function compareGroup(before: GroupConfig, after: GroupConfig): GroupDiff {
  const reframed = !isDeepStrictEqual(frameOf(before), frameOf(after));
  const old = new Map(before.processes.map((process) => [process.name, process]));
  const now = new Set(after.processes.map((process) => process.name));
  const added = keysOf(after).filter(({ process }) => !old.has(process));
  const removed = keysOf(before).filter(({ process }) => !now.has(process));
  const changed = after.processes.flatMap((process) => {
    const former = old.get(process.name);
    const change = former === undefined ? null : compareProcess(after.name, former, process, reframed);
    return change !== null && (change.restart || change.options.length > 0) ? [change] : [];
  });
  const differs = reframed || before.priority !== after.priority || added.length + removed.length + changed.length > 0;
  return { added, changed, removed, differs };
}

/**
 * Compares two configurations. Unlike upstream it also sees a path that became AUTO, and a socket's owner, mode and
 * backlog. Source: supervisor/supervisord.py diff_to_active.
 */
export function diffConfigs(before: Config, after: Config): ConfigDiff {
  const old = new Map(before.groups.map((group) => [group.name, group]));
  const now = new Map(after.groups.map((group) => [group.name, group]));
  const added = after.groups.filter(({ name }) => !old.has(name));
  const removed = before.groups.filter(({ name }) => !now.has(name));
  const kept = after.groups.flatMap((group) => {
    const former = old.get(group.name);
    return former === undefined ? [] : [{ name: group.name, diff: compareGroup(former, group) }];
  });
  return {
    added: added.map(({ name }) => name),
    changed: kept.filter(({ diff }) => diff.differs).map(({ name }) => name),
    removed: removed.map(({ name }) => name),
    processes: {
      added: [...added.flatMap(keysOf), ...kept.flatMap(({ diff }) => diff.added)],
      changed: kept.flatMap(({ diff }) => diff.changed),
      removed: [...removed.flatMap(keysOf), ...kept.flatMap(({ diff }) => diff.removed)],
    },
  };
}
