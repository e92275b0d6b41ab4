import { type FlagSpec, type GivenFlag, getopt } from '../config/getopt.ts';
import { ValueError } from '../config/python-text.ts';
import { parseSignalWord } from './signal-word.ts';

/**
 * Who gets a signal. `child`: the command, which leads a process group of its own; `group`: all of that group; `shared`: the
 * command, which stays in initvisor's own group, so that what is typed on a terminal reaches both.
 */
export type Delivery = 'child' | 'group' | 'shared';

export interface InitOptions {
  readonly command: readonly string[];
  readonly delivery: Delivery;
  /** Signal that comes to signal that the command gets, 0 for none. */
  readonly rewrites: ReadonlyMap<number, number>;
  /** Exit statuses that become 0. */
  readonly successStatuses: ReadonlySet<number>;
  /** Signal for this process when its parent dies. */
  readonly pdeathsig: number | null;
  /** Whether it has to be a subreaper, which it tries to be anyway. */
  readonly needsSubreaper: boolean;
  readonly warnsOfOrphans: boolean;
  /** 0: what ends it only; 1: warnings; 2: what happens; 3: each signal and orphan, too. */
  readonly verbosity: number;
}

export type InitCommandLine =
  | { readonly kind: 'run'; readonly options: InitOptions }
  | { readonly kind: 'help' | 'version' | 'license' }
  | { readonly kind: 'error'; readonly message: string };

export interface InitContext {
  /** Name it was started under: as `tini` and `dumb-init` it needs no `--`, as those do not. */
  readonly program: string;
  readonly env: Readonly<Record<string, string | undefined>>;
}

type Changes = { -readonly [K in keyof Omit<InitOptions, 'command'>]: InitOptions[K] };

interface InitFlag extends FlagSpec {
  readonly argument: string;
  readonly help: string;
  readonly apply: (value: string, changes: Changes) => void;
}

const MAX_STATUS = 255;
const ALL_LEVELS = 3;

const NEED_NO_MARK: ReadonlySet<string> = new Set(['tini', 'dumb-init']);

/** Has no long name: nothing that can be typed. */
const NO_NAME = '\0';

function flag(names: string, argument: string, help: string, apply: InitFlag['apply'] = () => undefined): InitFlag {
  const [short = '', long = NO_NAME] = names.split(' ');
  return { short, long, takesValue: argument !== '', own: false, argument, help, apply };
}

function readStatus(text: string): number {
  const status = /^\d+$/.test(text) ? Number(text) : -1;
  if (status < 0 || status > MAX_STATUS) throw new ValueError(`-e needs an exit status from 0 to 255, not '${text}'`);
  return status;
}

function readParentSignal(text: string): number {
  const signal = parseSignalWord(text);
  if (signal === undefined || signal === 0) throw new ValueError(`-p needs a signal, as in -p SIGTERM, not '${text}'`);
  return signal;
}

function readRewrite(text: string): [number, number] {
  const [from, to, ...more] = text.split(':').map(parseSignalWord);
  if (from === undefined || from === 0 || to === undefined || more.length > 0) {
    throw new ValueError(
      `-r needs two signals, as in -r 15:3 or -r TERM:QUIT, or 0 to drop one (-r 1:0), not '${text}'`,
    );
  }
  return [from, to];
}

const HELP = flag('h help', '', 'print this and exit');
const VERSION = flag('V version', '', 'print the version and exit');
const LICENSE = flag('l', '', 'say what the license is and exit');

const FLAGS: readonly InitFlag[] = [
  flag('g', '', 'send signals to the whole process group of the command', (_, changes) => {
    changes.delivery = 'group';
  }),
  flag('c single-child', '', "keep the command in initvisor's own process group", (_, changes) => {
    changes.delivery = 'shared';
  }),
  flag('r rewrite', 'FROM:TO', 'send the signal TO for FROM, names or numbers; TO 0 drops it', (value, changes) => {
    changes.rewrites = new Map([...changes.rewrites, readRewrite(value)]);
  }),
  flag('e', 'STATUS', 'exit 0 when the command exits with this', (value, changes) => {
    changes.successStatuses = new Set([...changes.successStatuses, readStatus(value)]);
  }),
  flag('p', 'SIGNAL', 'get this signal when the parent process dies', (value, changes) => {
    changes.pdeathsig = readParentSignal(value);
  }),
  flag('s', '', 'fail unless it can adopt orphans, which it does anyway', (_, changes) => {
    changes.needsSubreaper = true;
  }),
  flag('w', '', 'warn of every orphan that ends', (_, changes) => {
    changes.warnsOfOrphans = true;
  }),
  flag('v verbose', '', 'say more on stderr; again for still more', (_, changes) => {
    changes.verbosity += 1;
  }),
  HELP,
  VERSION,
  LICENSE,
];

/** What the environment asks for. Source: tini.c parse_env, dumb-init.c main. */
function readEnvironment({ env, program }: InitContext): Changes {
  const isDumbInit = program === 'dumb-init';
  const isShared = env.DUMB_INIT_SETSID === '0';
  const isGroup = env.TINI_KILL_PROCESS_GROUP !== undefined || (isDumbInit && !isShared);
  return {
    delivery: isGroup ? 'group' : isShared ? 'shared' : 'child',
    rewrites: new Map(),
    successStatuses: new Set(),
    pdeathsig: null,
    needsSubreaper: env.TINI_SUBREAPER !== undefined,
    warnsOfOrphans: false,
    verbosity: env.DUMB_INIT_DEBUG === '1' ? ALL_LEVELS : 1,
  };
}

/** It beats -v, as in tini. */
function readVerbosity(text: string): number {
  if (!/^\d+$/.test(text)) throw new ValueError(`TINI_VERBOSITY needs a number from 0 to 3, not '${text}'`);
  return Number(text);
}

function collect(
  given: readonly GivenFlag<InitFlag>[],
  context: InitContext,
): Changes | 'help' | 'version' | 'license' {
  const changes = readEnvironment(context);
  for (const { flag: known, value } of given) {
    if (known === HELP) return 'help';
    if (known === VERSION) return 'version';
    if (known === LICENSE) return 'license';
    known.apply(value, changes);
  }
  if (context.env.TINI_VERBOSITY !== undefined) changes.verbosity = readVerbosity(context.env.TINI_VERBOSITY);
  return changes;
}

function parse(words: readonly string[], context: InitContext): InitCommandLine {
  const { given, rest } = getopt(words, FLAGS);
  const found = collect(given, context);
  if (typeof found === 'string') return { kind: found };
  const [first] = rest;
  if (first === undefined) throw new ValueError('there is no command to run');
  const isMarked = words[words.length - rest.length - 1] === '--';
  if (!isMarked && !NEED_NO_MARK.has(context.program))
    throw new ValueError(`'${first}' stands before --, where only flags may`);
  return { kind: 'run', options: { ...found, command: rest } };
}

/** Flags of tini and dumb-init, and then the command, from the words of a command line without the program's name. */
export function parseInitCommandLine(words: readonly string[], context: InitContext): InitCommandLine {
  try {
    return parse(words, context);
  } catch (error) {
    if (!(error instanceof ValueError)) throw error;
    return { kind: 'error', message: error.message };
  }
}

/** The flags, one a line. */
export function renderInitFlags(): string {
  return FLAGS.map(({ short, long, argument, help }) => {
    const names = long === NO_NAME ? `-${short}` : `-${short}, --${long}`;
    return `  ${`${names}${argument === '' ? '' : ` ${argument}`}`.padEnd(28)} ${help}`;
  }).join('\n');
}
