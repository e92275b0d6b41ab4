/** Runs any program, ours or a real one, in a directory of its own. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { temporaryDirectory } from './daemon.ts';
import { childrenOf, killAll, processesWith } from './survivors.ts';
import { waitFor } from './wait-for.ts';

const MARK = 'INITVISOR_TEST_PROGRAM';

export interface RunningProgram {
  readonly dir: string;
  readonly child: ChildProcess;
  /** Pid as seen from here, also of PID 1 of a namespace. */
  pid(): number;
  stdout(): string;
  stderr(): string;
  /** Exit status, or the signal that ended it, once its streams are closed too. */
  readonly exited: Promise<number | NodeJS.Signals>;
  /** The same, though others hold its streams. */
  readonly ended: Promise<number | NodeJS.Signals>;
  /** By name or, for those that Node has no name for, by number. */
  signal(name: NodeJS.Signals | number): void;
  waitForOutput(pattern: RegExp): Promise<RegExpMatchArray>;
  /** What is in a file of its directory, once it is there and ends in a newline. */
  fileText(name: string): Promise<string>;
  /** Living processes that it started. */
  left(): string[];
}

export interface ProgramOptions {
  readonly words: readonly string[];
  /** Before it is started. */
  readonly prepare?: (dir: string) => void;
  readonly env?: Readonly<Record<string, string>>;
  /** As PID 1 of a PID namespace of its own. */
  readonly asPid1?: boolean;
  /** Holds its stdin open, as a pipe to write to. */
  readonly stdin?: boolean;
}

/** Starts it; whatever it started dies with the test. */
export function startProgram(t: TestContext, options: ProgramOptions): RunningProgram {
  const { words, prepare, env = {}, asPid1 = false, stdin = false } = options;
  const dir = temporaryDirectory(t);
  prepare?.(dir);
  const namespace = asPid1 ? ['unshare', '--pid', '--fork', '--mount-proc', '--kill-child'] : [];
  const [file = '', ...args] = [...namespace, ...words];
  const child = spawn(file, args, {
    cwd: dir,
    // Without the last one Python tells on a pipe only when it ends.
    env: { PATH: process.env.PATH, [MARK]: dir, PYTHONUNBUFFERED: '1', ...env },
    stdio: [stdin ? 'pipe' : 'ignore', 'pipe', 'pipe'],
  });
  const text = { stdout: '', stderr: '' };
  for (const name of ['stdout', 'stderr'] as const) {
    child[name]?.setEncoding('utf8').on('data', (data) => {
      text[name] += data;
    });
  }
  const said = () => text.stdout + text.stderr;
  const statusOf = ([code, signal]: unknown[]) => (signal ?? code) as number | NodeJS.Signals;
  const exited = once(child, 'close').then(statusOf);
  const ended = once(child, 'exit').then(statusOf);
  t.after(async () => {
    child.kill('SIGKILL');
    killAll(processesWith(MARK, dir));
    await exited;
  });
  // unshare --fork stays between us and PID 1.
  const pid = () => (asPid1 ? childrenOf(child.pid ?? 0)[0] : child.pid) ?? 0;
  return {
    dir,
    child,
    pid,
    stdout: () => text.stdout,
    stderr: () => text.stderr,
    exited,
    ended,
    signal: (name) => void process.kill(pid(), name),
    waitForOutput: (pattern) => waitFor(() => said().match(pattern), `${pattern} in the output`, undefined, said),
    fileText: (name) =>
      waitFor(
        () => {
          const path = join(dir, name);
          const found = existsSync(path) ? readFileSync(path, 'utf8') : '';
          return found.endsWith('\n') && found;
        },
        `${name} to be written`,
        undefined,
        said,
      ),
    left: () => processesWith(MARK, dir).map(({ commandLine }) => commandLine),
  };
}
