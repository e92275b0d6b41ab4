import { type FlagSpec, getopt } from '../config/getopt.ts';
import { ValueError } from '../config/python-text.ts';
import { pythonQuote as quote } from '../model/python-quote.ts';

export interface CtlFlags {
  readonly help: boolean;
  readonly interactive: boolean;
  readonly configuration: string | null;
  readonly serverurl: string | null;
  readonly username: string | null;
  readonly password: string | null;
  readonly historyFile: string | null;
  /** The action and its arguments; none means the shell. */
  readonly action: readonly string[];
}

type Target = 'configuration' | 'help' | 'interactive' | 'serverurl' | 'username' | 'password' | 'history_file';

interface CtlFlag extends FlagSpec {
  readonly target: Target;
  readonly text: string;
}

function flag(short: string, target: Target, argument: string, text: string): CtlFlag {
  const takesValue = argument !== '';
  return {
    short,
    long: target,
    takesValue,
    own: false,
    target,
    text: `-${short}, --${target} ${argument}`.padEnd(30) + text,
  };
}

const FLAGS: readonly CtlFlag[] = [
  flag('c', 'configuration', 'FILE', 'configuration file (looked for in default places if not given)'),
  flag('h', 'help', '', 'print this and exit'),
  flag('i', 'interactive', '', 'start the shell; with an action, ask before the daemon ends'),
  flag('s', 'serverurl', 'URL', 'server to talk to (default http://localhost:9001)'),
  flag('u', 'username', 'USER', 'user name for the server'),
  flag('p', 'password', 'PASSWORD', 'password for the server'),
  flag('r', 'history_file', 'FILE', "file for the shell's history"),
];

// `-?` is `-h` without a long name, so it stays out of the list that prefixes are matched against.
const QUESTION: CtlFlag = { short: '?', long: '\0', takesValue: false, own: false, target: 'help', text: '' };

/** A scheme, and after it a host or a path. Source: supervisor/datatypes.py url. */
function checkUrl(spelled: string, value: string): void {
  const rest = /^[a-z][a-z0-9+.-]*:(?:\/\/)?([^?#]*)/i.exec(value)?.[1];
  if (rest) return;
  throw new ValueError(`invalid value for ${spelled} ${quote(value)}: value ${quote(value)} is not a URL`);
}

function collect(argv: readonly string[]): CtlFlags {
  const { given, rest } = getopt(argv, [...FLAGS, QUESTION]);
  const values = new Map<Target, string>();
  // One flag after another, as upstream: help ends it, and later mistakes are not seen.
  for (const { flag: one, spelled, value } of given) {
    if (one.target === 'help') {
      values.set('help', '');
      break;
    }
    if (one.target === 'serverurl') checkUrl(spelled, value);
    if (values.has(one.target)) throw new ValueError(`conflicting command line option ${quote(spelled)}`);
    values.set(one.target, value);
  }
  return {
    help: values.has('help'),
    interactive: values.has('interactive') || rest.length === 0,
    configuration: values.get('configuration') ?? null,
    serverurl: values.get('serverurl') ?? null,
    username: values.get('username') ?? null,
    password: values.get('password') ?? null,
    historyFile: values.get('history_file') ?? null,
    action: rest,
  };
}

/** The client's flags, without the program's name. The error is Supervisor's. Source: supervisor/options.py realize. */
export function parseCtlFlags(
  argv: readonly string[],
): { readonly ok: true; readonly flags: CtlFlags } | { readonly ok: false; readonly error: string } {
  try {
    return { ok: true, flags: collect(argv) };
  } catch (error) {
    if (!(error instanceof ValueError)) throw error;
    return { ok: false, error: error.message };
  }
}

/** What `-h` prints. */
export function renderUsage(program: string): string {
  const flags = FLAGS.map(({ text }) => `  ${text}`).join('\n');
  return `Usage: ${program} [options] [action [arguments]]\n\nControls the programs of a running daemon.\n\nOptions:\n${flags}\n\nWithout an action a shell is started that takes them one by one. "${program} help" lists them.\n`;
}
