import type { SupervisordConfig } from './config.ts';
import { parseEnvironment } from './environment.ts';
import { expand, withNames } from './expand.ts';
import { type DaemonFlags, type FlagValue, renderFlagError } from './flags.ts';
import { requireUser } from './host-types.ts';
import { attempt, type Load, type Reading, readOptions } from './load.ts';
import type { Schema, Values } from './option.ts';
import { normalizePath } from './paths.ts';
import { ValueError } from './python-text.ts';
import { supervisordSchema } from './schema/supervisord.ts';

type DaemonValues = Values<typeof supervisordSchema>;

const schema: Schema = supervisordSchema;

/** Values of the command line; a wrong one is a problem of no file. */
export function readOverrides(load: Load, flags: DaemonFlags): Partial<DaemonValues> {
  const values: Record<string, unknown> = {};
  for (const flag of flags.overrides) {
    try {
      values[flag.key] = schema[flag.key]?.type.parse(flag.text, load.source);
    } catch (error) {
      if (!(error instanceof ValueError)) throw error;
      const place = { file: '', line: 0, section: '', key: flag.key };
      load.problems.error(place, renderFlagError(flag.option, flag.text, error.message));
    }
  }
  return values;
}

function resolveUser(reading: Reading, value: string | null, flags: readonly FlagValue[]): SupervisordConfig['user'] {
  if (value === null) return null;
  const resolve = () => {
    const { name, uid, gid } = requireUser(value, reading.load.source);
    return { name, uid, gid };
  };
  if (flags.every(({ key }) => key !== 'user')) return attempt(reading, 'user', resolve, () => null);
  try {
    return resolve();
  } catch (error) {
    if (!(error instanceof ValueError)) throw error;
    reading.load.problems.error({ file: '', line: 0, section: '', key: 'user' }, error.message);
    return null;
  }
}

/** Upstream's errors name this one without its section. */
function readEnvironment(reading: Reading): DaemonValues['environment'] {
  const { load, section } = reading;
  const raw = load.document.lookup(section, 'environment')?.value ?? '';
  const scope = withNames(reading.scope, { host_node_name: load.source.hostName });
  return attempt(
    reading,
    'environment',
    () => parseEnvironment(expand(raw, scope, 'environment')),
    () => ({}),
  );
}

/** [supervisord] as the file and the command line have it, before what needs its environment. */
export interface DaemonSection {
  readonly reading: Reading;
  readonly values: DaemonValues;
}

/** Reads [supervisord]; null and a problem when there is none. Source: supervisor/options.py read_config. */
export function readDaemonSection(load: Load, overrides: Partial<DaemonValues>, path: string): DaemonSection | null {
  const section = load.document.sections.get('supervisord');
  if (section === undefined) {
    const place = { file: path, line: 0, section: '', key: null };
    load.problems.error(place, '.ini file does not include supervisord section');
    return null;
  }
  const reading: Reading = { load, section, scope: load.hereScope, suffix: false };
  const { environment: _, ...schemaBefore } = supervisordSchema;
  const values = { ...readOptions(reading, schemaBefore), environment: readEnvironment(reading) };
  return { reading, values: { ...values, ...overrides } };
}

/** The daemon's own lines look like a program's of that name. */
function ownPrefix(reading: Reading, prefix: string): string {
  const own = { process_name: 'initvisor', program_name: 'initvisor', group_name: 'initvisor', process_num: 0 };
  const names = { ...own, numprocs: 1, host_node_name: reading.load.source.hostName };
  return attempt(
    reading,
    'console_prefix',
    () => expand(prefix, withNames(reading.scope, names), 'console_prefix'),
    () => prefix,
  );
}

/** Paths made absolute and the user looked up. */
export function finishDaemon(daemon: DaemonSection, flags: DaemonFlags): SupervisordConfig {
  const { reading, values } = daemon;
  const { source } = reading.load;
  const { logfile } = values;
  return {
    ...values,
    logfile: logfile === 'syslog' ? { kind: 'syslog' } : { kind: 'file', path: normalizePath(logfile, source) },
    pidfile: normalizePath(values.pidfile, source),
    childlogdir: values.childlogdir ?? source.tempDir,
    user: resolveUser(reading, values.user, flags.overrides),
    console_prefix: ownPrefix(reading, values.console_prefix),
  };
}
