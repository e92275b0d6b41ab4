import type { Found } from './finding.ts';

/** Text of a file, null where it cannot be read. */
type ReadText = (path: string) => string | null;

/** A program that goes into the background by itself, or starts one that does. */
export interface Daemonizer {
  readonly names: RegExp;
  /** What is wrong with these arguments, and what to write; null: it stays in the foreground. */
  readonly find: (args: readonly string[], readText: ReadText, name: string) => Found;
}

export const LEAVES = 'goes into the background, where it counts as ended';

/** `-D` also as part of `-De`; `--daemon` also with a value. To stay in the foreground little is enough. */
export function hasFlag(args: readonly string[], flags: string): boolean {
  return flags.split(' ').some((flag) => {
    const letter = /^-(\w)$/.exec(flag)?.[1];
    const cluster = letter === undefined ? null : new RegExp(`^-\\w*${letter}`);
    return args.some((arg) => arg === flag || arg.startsWith(`${flag}=`) || cluster?.test(arg));
  });
}

/** The word after the first of these flags that is there. */
export function valueAfter(args: readonly string[], ...flags: readonly string[]): string | null {
  const at = args.findIndex((arg) => flags.includes(arg));
  return at < 0 ? null : (args[at + 1] ?? null);
}

export const names = (list: string) => new RegExp(`^(?:${list.split(' ').join('|')})$`);

/** It leaves unless one of these flags is there, of which the first is the one to write. */
export function unless(list: string, flags: string): Daemonizer {
  const [hint] = flags.split(' ');
  const find: Daemonizer['find'] = (args, _readText, name) =>
    hasFlag(args, flags) ? null : `${name} ${LEAVES}; write ${name} ${hint}`;
  return { names: names(list), find };
}

interface OwnFile {
  readonly names: RegExp;
  readonly stays: (args: readonly string[]) => boolean;
  /** Where its file may be. */
  readonly files: (args: readonly string[]) => readonly (string | null)[];
  /** What the file says of staying, and how a person would write it. */
  readonly says: RegExp;
  readonly quoted: string;
  readonly hint: string;
}

/** It leaves unless its arguments or its own file say otherwise. Without the file nobody can tell. */
export function unlessFile({ names: known, stays, files, says, quoted, hint }: OwnFile): Daemonizer {
  const find: Daemonizer['find'] = (args, readText, name) => {
    if (stays(args)) return null;
    const texts = files(args).flatMap((file) => (file === null ? [] : (readText(file) ?? [])));
    if (texts.some((text) => says.test(text))) return null;
    const write = `write ${name} ${hint}`;
    if (texts.length > 0) return `${name} ${LEAVES}; ${write}`;
    return { note: `${name} ${LEAVES}, unless its own file says "${quoted}"; ${write}` };
  };
  return { names: known, find };
}

/** It leaves when one of these words is there. */
export function when(list: string, words: string): Daemonizer {
  const find: Daemonizer['find'] = (args, _readText, name) => {
    const word = args
      .filter((arg) => !/=(?:no|off|false|0)$/i.test(arg))
      .map((arg) => arg.replace(/=.*/s, ''))
      .find((arg) => words.split(' ').includes(arg));
    return word === undefined ? null : `with ${word} ${name} ${LEAVES}; leave it out`;
  };
  return { names: names(list), find };
}

/** It starts something else, ends and leaves that behind, when one of these words is there; not with `waits`. */
export function starter(list: string, words: string, hint: string, waits = ''): Daemonizer {
  const find: Daemonizer['find'] = (args, _readText, name) => {
    const word = args.find((arg) => words.split(' ').includes(arg));
    if (word === undefined || args.includes(waits)) return null;
    return `${name} ${word} leaves a daemon in the background and ends; write ${hint}`;
  };
  return { names: names(list), find };
}
