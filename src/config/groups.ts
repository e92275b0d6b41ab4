import { EVENT_PARENTS } from '../model/event-types.ts';
import type { GroupConfig, ListenerPoolConfig } from './config.ts';
import type { RawSection } from './document.ts';
import { readFcgiSocket } from './fcgi.ts';
import { attempt, type Load, type Reading, readOption, readOptions, reportError } from './load.ts';
import { byPriorityAndName, type ProcessDefaults, readProcesses, type UnresolvedProcess } from './processes.ts';
import { listenerPoolSchema } from './schema/eventlistener.ts';
import { groupSchema } from './schema/group.ts';
import { parseName } from './value-types.ts';

/** A group whose processes' dependencies are still names. */
export type UnresolvedGroup = Omit<GroupConfig, 'processes'> & { readonly processes: readonly UnresolvedProcess[] };

function startReading(load: Load, section: RawSection): Reading {
  return { load, section, scope: load.hereScope, suffix: false };
}

const writtenName = (section: RawSection) => section.name.slice(section.name.indexOf(':') + 1);

function readName(reading: Reading): string {
  const written = writtenName(reading.section);
  return attempt(
    reading,
    null,
    () => parseName(written),
    () => written,
  );
}

/** The one section that a group's member stands for; anything else is reported. */
function memberSection(reading: Reading, name: string): RawSection | null {
  const { sections } = reading.load.document;
  const program = sections.get(`program:${name}`);
  const fcgi = sections.get(`fcgi-program:${name}`);
  const group = reading.section.name;
  if (program === undefined && fcgi === undefined) {
    reportError(reading, 'programs', `[${group}] names unknown program or fcgi-program ${name}`);
  }
  if (program !== undefined && fcgi !== undefined) {
    reportError(reading, 'programs', `[${group}] name ${name} is ambiguous (exists as program and fcgi-program)`);
  }
  return program ?? fcgi ?? null;
}

function readNamedGroup(
  load: Load,
  section: RawSection,
  defaults: ProcessDefaults,
  taken: Set<string>,
): UnresolvedGroup {
  const reading = startReading(load, section);
  const name = readName(reading);
  const { programs, priority } = readOptions(reading, groupSchema);
  const members = programs.map((program) => memberSection(reading, program)).filter((member) => member !== null);
  for (const member of members) taken.add(member.name);
  // Of equal priority they stay in the order of `programs`.
  const processes = members
    .flatMap((member) => readProcesses(load, member, name, defaults))
    .sort((a, b) => a.priority - b.priority);
  return { name, priority, kind: 'group', processes, fcgi: null, listener: null };
}

function readProgramGroup(load: Load, section: RawSection, defaults: ProcessDefaults): UnresolvedGroup {
  const reading = startReading(load, section);
  const name = readName(reading);
  const priority = readOption(reading, 'priority', groupSchema.priority);
  const processes = readProcesses(load, section, name, defaults);
  return { name, priority, kind: 'program', processes, fcgi: null, listener: null };
}

function readFcgiGroup(load: Load, section: RawSection, defaults: ProcessDefaults): UnresolvedGroup {
  const reading = startReading(load, section);
  const name = readName(reading);
  const priority = readOption(reading, 'priority', groupSchema.priority);
  const fcgi = readFcgiSocket(reading, name);
  return {
    name,
    priority,
    kind: 'fcgi-program',
    processes: readProcesses(load, section, name, defaults),
    fcgi,
    listener: null,
  };
}

function readPool(reading: Reading): ListenerPoolConfig & { readonly priority: number } {
  const section = reading.section.name;
  const { priority, buffer_size, result_handler, events, redirect_stderr } = readOptions(reading, listenerPoolSchema);
  if (buffer_size < 1)
    reportError(reading, 'buffer_size', `[${section}] section sets invalid buffer_size (${buffer_size})`);
  const names = [...new Set(events.map((event) => event.toUpperCase()))];
  if (names.length === 0) reportError(reading, null, `[${section}] section requires an "events" line`);
  for (const name of names) {
    if (!Object.hasOwn(EVENT_PARENTS, name))
      reportError(reading, 'events', `Unknown event type ${name} in [${section}] events`);
  }
  if (redirect_stderr) {
    reportError(
      reading,
      'redirect_stderr',
      `[${section}] section sets redirect_stderr=true but this is not allowed because it will interfere with the eventlistener protocol`,
    );
  }
  return { priority, events: names, buffer_size, result_handler };
}

function readListenerGroup(load: Load, section: RawSection, defaults: ProcessDefaults): UnresolvedGroup {
  const { priority, ...listener } = readPool(startReading(load, section));
  // Only the processes' own reading checks this name upstream.
  const name = writtenName(section);
  const processes = readProcesses(load, section, name, defaults);
  return { name, priority, kind: 'eventlistener', processes, fcgi: null, listener };
}

/** Two of one name cannot run: of groups the first in order does, of processes the last, as upstream. */
function dropNamesakes(load: Load, groups: readonly UnresolvedGroup[]): readonly UnresolvedGroup[] {
  const byName = new Map<string, UnresolvedGroup>();
  for (const group of groups) {
    if (byName.has(group.name)) {
      load.messages.push({
        level: 'warn',
        text: `more than one group is named '${group.name}'; only the first one runs`,
      });
      continue;
    }
    const processes = [...new Map(group.processes.map((process) => [process.name, process])).values()];
    if (processes.length < group.processes.length) {
      load.messages.push({
        level: 'warn',
        text: `group '${group.name}' has processes of one name; only the last one runs`,
      });
    }
    byName.set(group.name, { ...group, processes });
  }
  return [...byName.values()];
}

/** Every group, in (priority, name) order. Source: supervisor/options.py process_groups_from_parser. */
export function readGroups(load: Load, defaults: ProcessDefaults): readonly UnresolvedGroup[] {
  const { document } = load;
  const taken = new Set<string>();
  const free = (prefix: string) => document.startingWith(prefix).filter((section) => !taken.has(section.name));
  const groups = [
    ...document.startingWith('group:').map((section) => readNamedGroup(load, section, defaults, taken)),
    ...free('program:').map((section) => readProgramGroup(load, section, defaults)),
    ...document.startingWith('eventlistener:').map((section) => readListenerGroup(load, section, defaults)),
    ...free('fcgi-program:').map((section) => readFcgiGroup(load, section, defaults)),
  ];
  return dropNamesakes(load, groups.sort(byPriorityAndName));
}
