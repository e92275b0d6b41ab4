import { accessSync, constants, type Stats, statSync } from 'node:fs';
import { resolve } from 'node:path';
import { pythonQuote } from '../model/python-quote.ts';
import { splitCommand } from './command-words.ts';
import type { SpawnResult } from './native.ts';

const DEFAULT_PATH = '/bin:/usr/bin:/usr/local/bin';

/** A command ready for a spawn request, or why it is not; the text is Supervisor's. */
export type PreparedCommand =
  | { readonly ok: true; readonly file: string; readonly argv: readonly string[] }
  /** `exitCode` is what a shell would give. */
  | { readonly ok: false; readonly problem: string; readonly exitCode: number };

const NOT_FOUND = 127;
const NOT_EXECUTABLE = 126;

export interface CommandOptions {
  readonly command: string;
  /** What the program's configuration sets; its PATH goes before the inherited one. */
  readonly environment: Readonly<Record<string, string>>;
  /** This process's own PATH. */
  readonly inheritedPath: string | undefined;
  /** Where the program will run, as a relative name is looked up there by exec; null for here. */
  readonly directory: string | null;
}

type SearchOptions = Omit<CommandOptions, 'command'>;

type Candidate =
  | { readonly kind: 'runnable' }
  | { readonly kind: 'missing' }
  | { readonly kind: 'refused'; readonly problem: string };

function statOrNull(path: string): Stats | null {
  try {
    return statSync(path);
  } catch {
    // Whatever the reason (ENOENT, ENOTDIR, EACCES), upstream takes it for "not there".
    return null;
  }
}

function mayExecute(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    // EACCES, or the mount forbids it: the answer, not a failure.
    return false;
  }
}

function examine(file: string, directory: string | null): Candidate {
  const path = directory === null ? file : resolve(directory, file);
  const stats = statOrNull(path);
  const name = pythonQuote(file);
  if (stats === null) return { kind: 'missing' };
  if (stats.isDirectory()) return { kind: 'refused', problem: `command at ${name} is a directory` };
  if ((stats.mode & 0o111) === 0) return { kind: 'refused', problem: `command at ${name} is not executable` };
  if (!mayExecute(path)) return { kind: 'refused', problem: `no permission to run command ${name}` };
  return { kind: 'runnable' };
}

function candidates(program: string, { environment, inheritedPath }: SearchOptions): readonly string[] {
  if (program.includes('/')) return [program];
  const path = environment.PATH ?? (inheritedPath || DEFAULT_PATH);
  // An empty entry is the current directory; join would name it for us and change the text.
  return path.split(':').map((entry) => (entry === '' ? program : joinPath(entry, program)));
}

/** Without cleaning the entry up, as the path shows in texts. Source: Python os.path.join. */
function joinPath(entry: string, program: string): string {
  return entry.endsWith('/') ? entry + program : `${entry}/${program}`;
}

/**
 * Does what comes before a fork: splits the command and finds the file to execute. Other than in Supervisor, the search
 * goes on past an entry that cannot be executed, and a relative name is looked up in the program's own directory.
 * Source: supervisor/process.py get_execv_args, options.py check_execv_args.
 */
export function prepareCommand(options: CommandOptions): PreparedCommand {
  const split = splitCommand(options.command);
  if ('problem' in split) {
    const problem = `can't parse command ${pythonQuote(options.command)}: ${split.problem}`;
    return { ok: false, problem, exitCode: NOT_EXECUTABLE };
  }
  return prepareWords(split.words, options);
}

/** The same for a command that has been split already. */
export function prepareWords(words: readonly string[], options: SearchOptions): PreparedCommand {
  const [program] = words;
  if (program === undefined) return { ok: false, problem: 'command is empty', exitCode: NOT_EXECUTABLE };
  let firstRefusal: string | null = null;
  for (const file of candidates(program, options)) {
    const found = examine(file, options.directory);
    if (found.kind === 'runnable') return { ok: true, file, argv: words };
    if (found.kind === 'refused') firstRefusal ??= found.problem;
  }
  if (firstRefusal !== null) return { ok: false, problem: firstRefusal, exitCode: NOT_EXECUTABLE };
  return { ok: false, problem: `can't find command ${pythonQuote(program)}`, exitCode: NOT_FOUND };
}

/** Why no child could be made, from the errno's name. Source: supervisor/process.py spawn. */
export function renderForkProblem(process: string, errno: string): string {
  if (errno === 'EAGAIN') return `Too many processes in process table to spawn '${process}'`;
  return `unknown error during fork for '${process}': ${errno}`;
}

/** Why its pipes or logs could not be opened, from the errno's name. Source: supervisor/process.py spawn. */
export function renderPipeProblem(process: string, errno: string): string {
  if (errno === 'EMFILE') return `too many open files to spawn '${process}'`;
  return `unknown error making dispatchers for '${process}': ${errno}`;
}

/**
 * What Supervisor's child writes to its own stderr when it fails before exec; ours cannot write it and is written for.
 * Source: supervisor/process.py _spawn_as_child.
 */
export function renderChildFailure(
  failure: NonNullable<SpawnResult['failure']>,
  child: {
    readonly uid: number | null;
    readonly directory: string | null;
    readonly argv: readonly string[];
    /** Why the user could not be switched to, where that was known before. */
    readonly refusal: string | null;
  },
): string {
  const { stage, errno } = failure;
  const { uid, directory, argv, refusal } = child;
  const reasons: Partial<Record<typeof stage, string>> = {
    setgroups: `couldn't setuid to ${uid}: ${refusal ?? 'Could not set groups of effective user'}`,
    setgid: `couldn't setuid to ${uid}: Could not set group id of effective user`,
    setuid: `couldn't setuid to ${uid}: ${errno}`,
    chdir: `couldn't chdir to ${directory}: ${errno}`,
    exec: `couldn't exec ${argv[0] ?? ''}: ${errno}`,
  };
  const reason = reasons[stage] ?? `couldn't set ${stage}: ${errno}`;
  return `supervisor: ${reason}\nsupervisor: child process was not spawned\n`;
}
