import type { Requirement } from '../support/requirements.ts';

/** One step of a scenario's script; the next begins when it is done. */
export type Action =
  | { readonly do: 'await line'; readonly pattern: RegExp; readonly times: number }
  | { readonly do: 'await file'; readonly path: string; readonly pattern: RegExp | null }
  | { readonly do: 'signal daemon'; readonly signal: NodeJS.Signals }
  | { readonly do: 'signal program'; readonly program: string; readonly signal: NodeJS.Signals }
  | { readonly do: 'write'; readonly path: string; readonly text: string }
  | { readonly do: 'move'; readonly from: string; readonly to: string };

/** What a run came to, free of times, pids and paths. */
export interface Observation {
  readonly exit: number | string;
  /** Lines of the main log by the program that they are about; '' where they are about none, or about the only one. */
  readonly log: Readonly<Record<string, readonly string[]>>;
  /** Lines whose order among programs is the subject. */
  readonly order?: readonly string[];
  /** Contents; a directory's is one line a file, and null says that nothing is there. */
  readonly files: Readonly<Record<string, string | null>>;
}

/** A configuration, what is done to the daemon that runs it, and what of it is compared. */
export interface Scenario {
  readonly name: string;
  /** Comes after the common [supervisord] section; `%DIR%` becomes the run's directory. */
  readonly config: string;
  readonly files?: Readonly<Record<string, string>>;
  readonly modes?: Readonly<Record<string, number>>;
  readonly env?: Readonly<Record<string, string>>;
  readonly args?: readonly string[];
  readonly asPid1?: boolean;
  /** A command that runs the daemon. */
  readonly wrapper?: readonly string[];
  /** At its end the daemon gets a SIGTERM, unless the script sent one. */
  readonly script: readonly Action[];
  /** Files and directories (with a slash at the end) to compare after the daemon's end. */
  readonly observe?: readonly string[];
  readonly order?: RegExp;
  readonly needs?: readonly Requirement[];
  /** A difference on purpose: what takes the place of upstream's part of the observation. */
  readonly differs?: { readonly why: string; readonly ours: Partial<Observation> };
}

export const awaitLine = (pattern: RegExp, times = 1): Action => ({ do: 'await line', pattern, times });
/** Waits until a file is there, with something in it if a pattern is given. */
export const awaitFile = (path: string, pattern: RegExp | null = null): Action => ({ do: 'await file', path, pattern });
export const signalDaemon = (signal: NodeJS.Signals): Action => ({ do: 'signal daemon', signal });
export const signalProgram = (program: string, signal: NodeJS.Signals): Action => ({
  do: 'signal program',
  program,
  signal,
});
export const write = (path: string, text = ''): Action => ({ do: 'write', path, text });
export const move = (from: string, to: string): Action => ({ do: 'move', from, to });

export const running = (program: string, times = 1): Action => awaitLine(new RegExp(`success: ${program} `), times);
export const exited = (program: string, times = 1): Action => awaitLine(new RegExp(`exited: ${program} `), times);
