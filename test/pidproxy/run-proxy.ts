/** Runs pidproxy, ours or the real one, in a directory of its own. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { ROOT, temporaryDirectory } from '../support/daemon.ts';
import { killAll, processesWith } from '../support/survivors.ts';
import { waitFor } from '../support/wait-for.ts';

export const PIDPROXY = join(ROOT, 'dist', 'pidproxy.cjs');
export const OURS = [process.execPath, PIDPROXY] as const;
export const UPSTREAM = ['/usr/bin/pidproxy'] as const;

const MARK = 'INITVISOR_TEST_PIDPROXY';

export interface RunningProxy {
  readonly dir: string;
  readonly child: ChildProcess;
  stdout(): string;
  stderr(): string;
  /** Exit status, or the signal that ended it, once its streams are closed too. */
  readonly exited: Promise<number | NodeJS.Signals>;
  /** The same, though others hold its streams. */
  readonly ended: Promise<number | NodeJS.Signals>;
  signal(name: NodeJS.Signals): void;
  /** What is in a file of its directory, once it is there and ends in a newline. */
  fileText(name: string): Promise<string>;
  /** Living processes that it started. */
  left(): string[];
}

export interface ProxyOptions {
  readonly program?: readonly string[];
  readonly args: readonly string[];
  /** Before it is started. */
  readonly prepare?: (dir: string) => void;
  readonly env?: Readonly<Record<string, string>>;
}

/** Starts it; whatever it started dies with the test. */
export function startProxy(t: TestContext, { program = OURS, args, prepare, env = {} }: ProxyOptions): RunningProxy {
  const dir = temporaryDirectory(t);
  prepare?.(dir);
  const [file = '', ...words] = [...program, ...args];
  const child = spawn(file, words, {
    cwd: dir,
    // Without the last one the real one tells on a pipe only when it ends.
    env: { PATH: process.env.PATH, [MARK]: dir, PYTHONUNBUFFERED: '1', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const text = { stdout: '', stderr: '' };
  for (const name of ['stdout', 'stderr'] as const) {
    child[name].setEncoding('utf8').on('data', (data) => {
      text[name] += data;
    });
  }
  const statusOf = ([code, signal]: unknown[]) => (signal ?? code) as number | NodeJS.Signals;
  const exited = once(child, 'close').then(statusOf);
  const ended = once(child, 'exit').then(statusOf);
  t.after(async () => {
    child.kill('SIGKILL');
    killAll(processesWith(MARK, dir));
    await exited;
  });
  return {
    dir,
    child,
    stdout: () => text.stdout,
    stderr: () => text.stderr,
    exited,
    ended,
    signal: (name) => void child.kill(name),
    fileText: (name) =>
      waitFor(
        () => {
          const path = join(dir, name);
          const found = existsSync(path) ? readFileSync(path, 'utf8') : '';
          return found.endsWith('\n') && found;
        },
        `${name} to be written`,
        undefined,
        () => text.stdout + text.stderr,
      ),
    left: () => processesWith(MARK, dir).map(({ commandLine }) => commandLine),
  };
}
