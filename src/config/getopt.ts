import { ValueError } from './python-text.ts';

/** One option of a command line: `short` without its dash, `long` without its two. */
export interface FlagSpec {
  readonly short: string | null;
  readonly long: string;
  readonly takesValue: boolean;
  /** Found by its full name only when an upstream option could be meant by the same prefix. */
  readonly own: boolean;
}

export interface GivenFlag<F extends FlagSpec> {
  readonly flag: F;
  /** As it counts in messages: `-z` or the full `--logfile_backups`. */
  readonly spelled: string;
  readonly value: string;
}

export interface CommandLine<F extends FlagSpec> {
  readonly given: readonly GivenFlag<F>[];
  readonly rest: readonly string[];
}

function findLong<F extends FlagSpec>(flags: readonly F[], name: string): F {
  const starting = flags.filter((flag) => flag.long.startsWith(name));
  const exact = starting.find((flag) => flag.long === name);
  if (exact !== undefined) return exact;
  const upstream = starting.filter((flag) => !flag.own);
  const [first, second] = upstream.length > 0 ? upstream : starting;
  if (first === undefined) throw new ValueError(`option --${name} not recognized`);
  if (second !== undefined) throw new ValueError(`option --${name} not a unique prefix`);
  return first;
}

function takeLong<F extends FlagSpec>(flags: readonly F[], word: string, rest: string[]): GivenFlag<F> {
  const equals = word.indexOf('=');
  const name = equals < 0 ? word.slice(2) : word.slice(2, equals);
  const flag = findLong(flags, name);
  const attached = equals < 0 ? null : word.slice(equals + 1);
  const spelled = `--${flag.long}`;
  if (!flag.takesValue) {
    if (attached !== null) throw new ValueError(`option ${spelled} must not have an argument`);
    return { flag, spelled, value: '' };
  }
  const value = attached ?? rest.shift();
  if (value === undefined) throw new ValueError(`option ${spelled} requires argument`);
  return { flag, spelled, value };
}

function takeShorts<F extends FlagSpec>(flags: readonly F[], word: string, rest: string[]): GivenFlag<F>[] {
  const given: GivenFlag<F>[] = [];
  for (let at = 1; at < word.length; at++) {
    const letter = word.charAt(at);
    const flag = flags.find((candidate) => candidate.short === letter);
    if (flag === undefined) throw new ValueError(`option -${letter} not recognized`);
    const spelled = `-${letter}`;
    if (!flag.takesValue) {
      given.push({ flag, spelled, value: '' });
      continue;
    }
    const value = at + 1 < word.length ? word.slice(at + 1) : rest.shift();
    if (value === undefined) throw new ValueError(`option ${spelled} requires argument`);
    given.push({ flag, spelled, value });
    break;
  }
  return given;
}

/** Splits a command line; the first word that is no option ends it. Throws a ValueError. Source: Python getopt.getopt. */
export function getopt<F extends FlagSpec>(argv: readonly string[], flags: readonly F[]): CommandLine<F> {
  const rest = [...argv];
  const given: GivenFlag<F>[] = [];
  for (let word = rest[0]; word?.startsWith('-') && word !== '-'; word = rest[0]) {
    rest.shift();
    if (word === '--') break;
    given.push(...(word.startsWith('--') ? [takeLong(flags, word, rest)] : takeShorts(flags, word, rest)));
  }
  return { given, rest };
}
