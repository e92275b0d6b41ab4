import { type ScriptEnd, scriptEnd } from './shell-script.ts';

type Split = (command: string) => { readonly words: readonly string[] } | { readonly problem: string };

/** What a command line runs, as far as it can be told from its words. */
export interface Command {
  readonly words: readonly string[];
  /** Why it cannot be split into words. */
  readonly problem: string | null;
  /** The shell that it is run by, with the end of its script. */
  readonly shell: { readonly name: string; readonly end: ScriptEnd } | null;
  /** Words of the program that is there in the end; none where that cannot be told. */
  readonly program: readonly string[];
}

export const baseName = (path: string | undefined): string => path?.slice(path.lastIndexOf('/') + 1) ?? '';

/** Programs that become another one, and how many words of theirs come before it. */
const WRAPPERS: Readonly<Record<string, (words: readonly string[]) => number>> = {
  env: (words) => wordsBefore(words, /^-|=/, ['-u', '-C', '--unset', '--chdir']),
  nice: (words) => wordsBefore(words, /^-/, ['-n', '--adjustment']),
  ionice: (words) => wordsBefore(words, /^-/, ['-c', '-n', '--class', '--classdata']),
  nohup: () => 1,
  stdbuf: (words) => wordsBefore(words, /^-/, ['-i', '-o', '-e']),
  gosu: () => 2,
  'su-exec': () => 2,
  tini: (words) => wordsBefore(words, /^-/, ['-p', '-e']),
  'dumb-init': (words) => wordsBefore(words, /^-/, ['-r']),
};

/** Its own name, then options with their values. */
function wordsBefore(words: readonly string[], option: RegExp, withValue: readonly string[]): number {
  let at = 1;
  while (option.test(words[at] ?? '')) {
    if (words[at] === '--') return at + 1;
    at += withValue.includes(words[at] ?? '') ? 2 : 1;
  }
  return at;
}

function unwrap(words: readonly string[]): readonly string[] {
  const name = baseName(words[0]);
  const wrapper = Object.hasOwn(WRAPPERS, name) ? WRAPPERS[name] : undefined;
  return wrapper === undefined ? words : unwrap(words.slice(wrapper(words)));
}

const SHELLS = ['sh', 'dash', 'ash', 'bash', 'ksh', 'zsh'];

/** The script after `-c`; null: there is none. */
function scriptOf(words: readonly string[]): string | null {
  let hasCommand = false;
  for (let at = 1; at < words.length; at++) {
    const word = words[at] ?? '';
    if (!/^[-+]./.test(word) || word === '--')
      return hasCommand ? ((word === '--' ? words[at + 1] : word) ?? null) : null;
    if (/^-[a-z]*c[a-z]*$/i.test(word)) hasCommand = true;
    // `-o pipefail`, also at the end of a cluster: `-euo pipefail`.
    if (/^[-+][a-z]*o$/i.test(word) || word === '--rcfile' || word === '--init-file') at++;
  }
  return null;
}

function wordsOf(text: string, split: Split): readonly string[] {
  const result = split(text);
  return 'words' in result ? unwrap(result.words) : [];
}

/** Takes a command line apart. Nothing is looked up: a script file stays what it is called. */
export function analyseCommand(command: string, split: Split): Command {
  const result = split(command);
  if ('problem' in result) return { words: [], problem: result.problem, shell: null, program: [] };
  const unwrapped = unwrap(result.words);
  const words = baseName(unwrapped[0]) === 'busybox' ? unwrapped.slice(1) : unwrapped;
  const plain = { words: result.words, problem: null, shell: null, program: words };
  const name = baseName(words[0]);
  const script = SHELLS.includes(name) ? scriptOf(words) : null;
  if (script === null) return plain;
  const end = scriptEnd(script);
  const program = end.kind === 'simple' || end.kind === 'exec' ? wordsOf(end.text, split) : [];
  return { ...plain, shell: { name, end }, program };
}
