import { pythonQuote as quote } from '../model/python-quote.ts';
import { type FlagSpec, type GivenFlag, getopt } from './getopt.ts';
import type { TextType } from './option.ts';
import { ValueError } from './python-text.ts';
import type { supervisordSchema } from './schema/supervisord.ts';
import { byteSize, integer, logLevel, octal } from './value-types.ts';

export type SupervisordKey = keyof typeof supervisordSchema;

/** A value from the command line that beats the file's; `option` is how it was spelled. */
export interface FlagValue {
  readonly option: string;
  readonly key: SupervisordKey;
  readonly text: string;
}

export interface DaemonFlags {
  readonly action: 'run' | 'help' | 'version';
  /** Path given by -c. */
  readonly configuration: string | null;
  /** Options and sections that nobody knows are errors. */
  readonly strict: boolean;
  readonly overrides: readonly FlagValue[];
}

type Target = SupervisordKey | 'configuration' | 'help' | 'version' | 'strict' | 'profile_options';

interface DaemonFlag extends FlagSpec {
  readonly target: Target;
  readonly argument: string;
  readonly help: string;
}

function flag(names: string, target: Target, argument: string, help: string): DaemonFlag {
  const [long = '', short = null] = names.split(' ').reverse();
  return { short, long, takesValue: argument !== '', own: /^(exit-|strict$)/.test(long), target, argument, help };
}

const FLAGS: readonly DaemonFlag[] = [
  flag('c configuration', 'configuration', 'FILE', 'configuration file (looked for in default places if not given)'),
  flag('n nodaemon', 'nodaemon', '', 'stay in the foreground'),
  flag('s silent', 'silent', '', 'no copy of the log on stdout'),
  flag('h help', 'help', '', 'print this and exit'),
  flag('v version', 'version', '', 'print the version and exit'),
  flag('u user', 'user', 'USER', 'user name or uid to become'),
  flag('m umask', 'umask', 'UMASK', 'file mode creation mask (default 022)'),
  flag('d directory', 'directory', 'DIR', 'directory to work in'),
  flag('l logfile', 'logfile', 'FILE', 'main log'),
  flag('y logfile_maxbytes', 'logfile_maxbytes', 'BYTES', 'size at which the main log is rotated'),
  flag('z logfile_backups', 'logfile_backups', 'NUM', 'rotated main logs to keep'),
  flag('e loglevel', 'loglevel', 'LEVEL', 'critical, error, warn, info, debug, trace or blather'),
  flag('j pidfile', 'pidfile', 'FILE', "file for the daemon's pid"),
  flag('i identifier', 'identifier', 'STR', 'name of this instance'),
  flag('q childlogdir', 'childlogdir', 'DIR', "directory for programs' AUTO logs"),
  flag('k nocleanup', 'nocleanup', '', 'keep AUTO logs of earlier runs'),
  flag('a minfds', 'minfds', 'NUM', 'open files that must be allowed at start'),
  flag('t strip_ansi', 'strip_ansi', '', "remove ANSI escape sequences from programs' logs"),
  flag('minprocs', 'minprocs', 'NUM', 'processes that must be allowed at start'),
  flag('profile_options', 'profile_options', 'LIST', 'accepted and ignored'),
  flag('exit-on-fatal', 'exit_on_fatal', '', 'shut down when a program enters FATAL'),
  flag('strict', 'strict', '', 'unknown options and sections are errors'),
];

// `-?` is `-h` without a long name, so it stays out of the list that prefixes are matched against.
const QUESTION: DaemonFlag = { ...flag('help', 'help', '', ''), short: '?', long: '\0' };

const CHECKED_EARLY: Partial<Record<Target, TextType<unknown>>> = {
  umask: octal,
  loglevel: logLevel,
  logfile_maxbytes: byteSize,
  logfile_backups: integer,
  minfds: integer,
  minprocs: integer,
};

/** Checks what needs neither files nor users; the rest waits until the configuration is read. */
function checkValue({ flag: { target }, spelled, value }: GivenFlag<DaemonFlag>): void {
  try {
    CHECKED_EARLY[target]?.parse(value);
  } catch (error) {
    if (!(error instanceof ValueError)) throw error;
    throw new ValueError(renderFlagError(spelled, value, error.message));
  }
}

/** Supervisor's message for a value that a flag does not take. */
export function renderFlagError(option: string, value: string, reason: string): string {
  return `invalid value for ${option} ${quote(value)}: ${reason}`;
}

function requireNoRest(rest: readonly string[]): void {
  if (rest.length > 0) throw new ValueError(`positional arguments are not supported: [${rest.map(quote).join(', ')}]`);
}

/** One flag after another, as upstream: help and version end it, and later mistakes are not seen. */
function collect(given: readonly GivenFlag<DaemonFlag>[]): DaemonFlags {
  const overrides: FlagValue[] = [];
  const seen = new Set<Target>();
  let configuration: string | null = null;
  for (const one of given) {
    const { target, takesValue } = one.flag;
    if (target === 'help' || target === 'version')
      return { action: target, configuration, strict: seen.has('strict'), overrides };
    checkValue(one);
    if (seen.has(target)) throw new ValueError(`conflicting command line option ${quote(one.spelled)}`);
    seen.add(target);
    if (target === 'configuration') configuration = one.value;
    else if (target !== 'strict' && target !== 'profile_options') {
      overrides.push({ option: one.spelled, key: target, text: takesValue ? one.value : 'true' });
    }
  }
  return { action: 'run', configuration, strict: seen.has('strict'), overrides };
}

/** Flags of the daemon, without the program's name. The error is Supervisor's. Source: supervisor/options.py realize. */
export function parseDaemonFlags(
  argv: readonly string[],
): { readonly ok: true; readonly flags: DaemonFlags } | { readonly ok: false; readonly error: string } {
  try {
    const { given, rest } = getopt(argv, [...FLAGS, QUESTION]);
    requireNoRest(rest);
    return { ok: true, flags: collect(given) };
  } catch (error) {
    if (!(error instanceof ValueError)) throw error;
    return { ok: false, error: error.message };
  }
}

/** The daemon's flags, one a line, for its help. */
export function renderDaemonFlags(): string {
  return FLAGS.map(({ short, long, argument, help }) => {
    const names = short === null ? `    --${long}` : `-${short}, --${long}`;
    return `  ${`${names}${argument === '' ? '' : ` ${argument}`}`.padEnd(32)} ${help}`;
  }).join('\n');
}
