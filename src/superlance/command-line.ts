import { type FlagSpec, type GivenFlag, getopt } from '../config/getopt.ts';
import { ValueError } from '../config/python-text.ts';
import type { Host } from './host.ts';

/** One option with what help says of it. */
export interface ListenerFlag extends FlagSpec {
  /** What its value is called in help. */
  readonly value: string | null;
  readonly help: string;
  /** Another spelling of this option, by its long name. */
  readonly aliasOf?: string;
}

/** An option: `-s, --long VALUE`; without a value it is a switch. Ours, not superlance's, unless it has a letter. */
export function flag(spelling: string, help: string, more: { readonly upstream?: boolean } = {}): ListenerFlag {
  const [, letter = null, long = '', value = null] = /^(?:-(\w), )?--([\w-]+)(?: (.+))?$/.exec(spelling) ?? [];
  const own = letter === null && more.upstream !== true;
  return { short: letter, long, value, takesValue: value !== null, own, help };
}

/** The same option under another long name. */
export function alias(long: string, of: ListenerFlag): ListenerFlag {
  return { ...of, short: null, long, own: true, aliasOf: of.long, help: '' };
}

/** How a program names its options, and takes them. */
export interface CommandShape {
  readonly name: string;
  readonly synopsis: string;
  readonly about: string;
  readonly flags: readonly ListenerFlag[];
  /** Superlance parses some of its programs with getopt, where the first other word ends the options, others not. */
  readonly parser: 'getopt' | 'optparse';
}

/** What a command line says; thrown away with a UsageError when it cannot be meant. */
export interface Given {
  readonly rest: readonly string[];
  has(long: string): boolean;
  /** The last value given. */
  last(long: string): string | undefined;
  all(long: string): readonly string[];
  /** Values in the order given, with the spelling for messages. */
  readonly flags: readonly { readonly long: string; readonly spelled: string; readonly value: string }[];
}

/** A command line that cannot be meant. */
export class UsageError extends Error {
  /** Whether help follows on stdout. */
  readonly kind: 'value' | 'missing';

  constructor(message: string, kind: 'value' | 'missing' = 'value') {
    super(message);
    this.name = 'UsageError';
    this.kind = kind;
  }
}

function splitWords(shape: CommandShape, words: readonly string[]) {
  const given: GivenFlag<ListenerFlag>[] = [];
  const others: string[] = [];
  let rest = words;
  for (;;) {
    const found = getopt(rest, shape.flags);
    given.push(...found.given);
    const [other, ...following] = found.rest;
    if (shape.parser === 'getopt' || other === undefined) return { given, rest: [...others, ...found.rest] };
    others.push(other);
    rest = following;
  }
}

/** Reads the words of a command line. @throws UsageError */
export function parseCommandLine(shape: CommandShape, words: readonly string[]): Given {
  try {
    const { given, rest } = splitWords(shape, words);
    const flags = given.map(({ flag: one, spelled, value }) => ({ long: one.aliasOf ?? one.long, spelled, value }));
    const all = (long: string) => flags.filter((one) => one.long === long).map(({ value }) => value);
    return { rest, flags, all, has: (long) => all(long).length > 0, last: (long) => all(long).at(-1) };
  } catch (error) {
    if (error instanceof ValueError) throw new UsageError(error.message);
    throw error;
  }
}

const HELP_COLUMN = 30;
const HELP_WIDTH = 100;

/** Words in lines of at most `width`. */
function wrap(text: string, width: number): string[] {
  const lines: string[] = [];
  for (const word of text.split(' ')) {
    const last = lines.at(-1);
    if (last !== undefined && last.length + 1 + word.length <= width) lines[lines.length - 1] = `${last} ${word}`;
    else lines.push(word);
  }
  return lines;
}

function renderFlag({ short, long, value, help }: ListenerFlag): string {
  const spelling = `  ${short === null ? '    ' : `-${short}, `}--${long}${value === null ? '' : ` ${value}`}`;
  const [first = '', ...more] = wrap(help, HELP_WIDTH - HELP_COLUMN);
  const head = spelling.length < HELP_COLUMN ? [spelling.padEnd(HELP_COLUMN) + first] : [spelling, pad(first)];
  return [...head, ...more.map(pad)].join('\n');
}

function pad(line: string): string {
  return ' '.repeat(HELP_COLUMN) + line;
}

/** What `--help` prints. */
export function renderHelp({ name, synopsis, about, flags }: CommandShape): string {
  const listed = flags.filter(({ aliasOf }) => aliasOf === undefined).map(renderFlag);
  return `Usage: ${name} ${synopsis}\n\n${wrap(about, HELP_WIDTH).join('\n')}\n\nOptions:\n${listed.join('\n')}\n`;
}

/** A whole number of at least `min`. @throws UsageError */
export function parseWhole(given: Given, long: string, fallback: number, min = 0): number {
  const text = given.last(long);
  if (text === undefined) return fallback;
  if (!/^\s*\+?\d+\s*$/.test(text) || Number(text) < min) {
    throw new UsageError(`Unparseable value '${text}' for '--${long}'`);
  }
  return Number(text);
}

/** A file that an option names. @throws UsageError */
export function readOptionFile({ readFile }: Pick<Host, 'readFile'>, path: string): string {
  try {
    return readFile(path);
  } catch (error) {
    throw new UsageError(`cannot read ${path}: ${error instanceof Error ? error.message : error}`);
  }
}
