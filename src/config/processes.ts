import type { ProcessConfig } from './config.ts';
import { reportContradictions } from './contradictions.ts';
import type { RawSection } from './document.ts';
import { parseEnvironment } from './environment.ts';
import { expand, withEnv, withNames } from './expand.ts';
import { attempt, type Load, type Reading, readOption, readOptions, reportError } from './load.ts';
import type { Values } from './option.ts';
import { lifecycleProcessSchema, lifecycleSectionSchema } from './schema/lifecycle.ts';
import { programProcessSchema, programRawSchema, programSectionSchema } from './schema/program.ts';
import { readStreams } from './streams.ts';
import { type ConsoleMode, parseName } from './value-types.ts';

type SectionValues = Values<typeof programSectionSchema>;
type LifecycleValues = Values<typeof lifecycleSectionSchema>;

/** A process whose dependencies are still the names that the file has. */
export type UnresolvedProcess = Omit<ProcessConfig, 'depends_on' | 'restart_with'> &
  Pick<LifecycleValues, 'depends_on' | 'restart_with'>;

/** What [supervisord] gives to every process. */
export interface ProcessDefaults {
  readonly environment: Readonly<Record<string, string>>;
  readonly exit_on_fatal: boolean;
  readonly console: ConsoleMode;
  /** Not expanded yet. */
  readonly console_prefix: string;
  readonly log_rate_limit: number | null;
}

interface Template {
  readonly reading: Reading;
  readonly program: string;
  readonly group: string;
  readonly values: SectionValues;
  readonly lifecycle: LifecycleValues;
  readonly killasgroup: boolean;
  /** Not expanded yet. */
  readonly environment: string;
  readonly processName: string;
  /** Not expanded yet; null: [supervisord]'s. */
  readonly consolePrefix: string | null;
}

// More than the kernel's default number of pids; a slip of the finger must not fill the memory.
const MAX_PROCESSES = 32_768;

function checkNumprocs(reading: Reading, values: SectionValues, processName: string): void {
  const auto = reading.load.document.lookup(reading.section, 'numprocs')?.value.toLowerCase() === 'auto';
  // With auto the name must do for any number of CPUs, not only for this machine's.
  if ((values.numprocs > 1 || auto) && !processName.includes('%(process_num)')) {
    reportError(reading, 'numprocs', '%(process_num) must be present within process_name when numprocs > 1');
  }
}

/** How many to make: none of a number that is refused. */
function countOf(reading: Reading, numprocs: number): number {
  if (numprocs <= MAX_PROCESSES) return numprocs;
  reportError(reading, 'numprocs', `numprocs ${numprocs} is above upper bound (${MAX_PROCESSES})`);
  return 0;
}

function readTemplate(reading: Reading, program: string, group: string): Template {
  const values = readOptions(reading, programSectionSchema);
  const lifecycle = readOptions(reading, lifecycleSectionSchema);
  const killasgroup = values.killasgroup ?? values.stopasgroup;
  const environment = readOption(reading, 'environment', programRawSchema.environment);
  const rawName = readOption(reading, 'process_name', programRawSchema.process_name);
  const processName = attempt(
    reading,
    'process_name',
    () => parseName(rawName),
    () => '%(program_name)s_%(process_num)d',
  );
  checkNumprocs(reading, values, processName);
  if (values.stopasgroup && !killasgroup) {
    reportError(reading, 'killasgroup', 'Cannot set stopasgroup=true and killasgroup=false');
  }
  const consolePrefix = readOption(reading, 'console_prefix', programRawSchema.console_prefix);
  return { reading, program, group, values, lifecycle, killasgroup, environment, processName, consolePrefix };
}

function readEnvironment(reading: Reading, raw: string): Readonly<Record<string, string>> {
  const parse = () => parseEnvironment(expand(raw, reading.scope, 'environment'));
  return attempt(reading, 'environment', parse, () => ({}));
}

/** The name is known only after everything else. */
function readConsole(reading: Reading, name: string, { values, consolePrefix }: Template, defaults: ProcessDefaults) {
  const prefix = consolePrefix ?? defaults.console_prefix;
  const scope = withNames(reading.scope, { process_name: name });
  return {
    console: values.console ?? defaults.console,
    console_prefix: attempt(
      reading,
      'console_prefix',
      () => expand(prefix, scope, 'console_prefix'),
      () => prefix,
    ),
    log_rate_limit: defaults.log_rate_limit,
  };
}

/** What ends is not to come back, unless the file says so. */
function runsOnce({ values, lifecycle }: Template): boolean {
  return values.main || lifecycle.oneshot || lifecycle.schedule !== null;
}

/** One that is there and cannot be read has been told of. */
function requireCommand(reading: Reading, command: string | null): string {
  const { load, section } = reading;
  if (command === null && load.document.lookup(section, 'command') === undefined) {
    reportError(reading, null, `program section ${section.name} does not specify a command`);
  }
  return command ?? '';
}

function readProcess(template: Template, num: number, defaults: ProcessDefaults): UnresolvedProcess {
  const { values, lifecycle, program, group, killasgroup } = template;
  const counted = withNames(template.reading.scope, { process_num: num, numprocs: values.numprocs });
  const outer: Reading = { ...template.reading, scope: counted };
  const environment = readEnvironment(outer, template.environment);
  const reading: Reading = { ...outer, scope: withEnv(counted, environment) };
  const own = readOptions(reading, programProcessSchema);
  const { priority, startretries, exitcodes, stopsignal, stopwaitsecs, stopasgroup } = values;
  const { umask, redirect_stderr, serverurl, main } = values;
  const name = attempt(
    reading,
    'process_name',
    () => expand(template.processName, reading.scope, 'process_name'),
    () => program,
  );
  return {
    name,
    ...{ section: reading.section.name, program, group, killasgroup, priority, startretries },
    ...{ exitcodes, stopsignal, stopwaitsecs, stopasgroup, umask, redirect_stderr, serverurl, main },
    ...readStreams(reading, values, own),
    ...lifecycle,
    ...readOptions(reading, lifecycleProcessSchema),
    startsecs: values.startsecs ?? (lifecycle.oneshot || lifecycle.schedule !== null ? 0 : 1),
    autostart: values.autostart ?? lifecycle.schedule === null,
    autorestart: values.autorestart ?? (runsOnce(template) ? 'false' : 'unexpected'),
    exit_on_fatal: values.exit_on_fatal ?? defaults.exit_on_fatal,
    uid: values.user,
    directory: own.directory,
    command: requireCommand(reading, own.command),
    ...readConsole(reading, name, template, defaults),
    environment: { ...defaults.environment, ...environment },
  };
}

/** In (priority, name) order. */
export function byPriorityAndName(
  a: { priority: number; name: string },
  b: { priority: number; name: string },
): number {
  if (a.priority !== b.priority) return a.priority - b.priority;
  if (a.name === b.name) return 0;
  return a.name < b.name ? -1 : 1;
}

/**
 * Every process of a program section, as members of one group.
 * Source: supervisor/options.py _processes_from_section.
 */
export function readProcesses(
  load: Load,
  section: RawSection,
  group: string,
  defaults: ProcessDefaults,
): readonly UnresolvedProcess[] {
  const written = section.name.slice(section.name.indexOf(':') + 1);
  const start: Reading = { load, section, scope: load.hereScope, suffix: true };
  const program = attempt(
    start,
    null,
    () => parseName(written),
    () => written,
  );
  const scope = withNames(load.hereScope, {
    program_name: program,
    host_node_name: load.source.hostName,
    group_name: group,
  });
  const template = readTemplate({ ...start, scope }, program, group);
  const { numprocs_start } = template.values;
  const count = countOf(template.reading, template.values.numprocs);
  const processes: UnresolvedProcess[] = [];
  for (let index = 0; index < count; index++) processes.push(readProcess(template, numprocs_start + index, defaults));
  const [first] = processes;
  if (first !== undefined) reportContradictions(template.reading, first);
  return processes.sort(byPriorityAndName);
}
