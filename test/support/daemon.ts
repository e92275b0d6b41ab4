import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { TestContext } from 'node:test';
import { fileURLToPath } from 'node:url';
import { childrenOf, killAll, processesWith } from './survivors.ts';
import { waitFor } from './wait-for.ts';

export const ROOT = join(dirname(fileURLToPath(import.meta.url)), '..', '..');
export const INITVISOR = join(ROOT, 'dist', 'initvisor.cjs');

/** Set in the environment of one daemon and so of all that it starts. */
const DAEMON_MARK = 'INITVISOR_TEST_DAEMON';

/** Keeps a daemon's own files in the test's directory; a configuration goes on from here in [supervisord]. */
export const OWN_FILES = `[supervisord]
logfile=%DIR%/main.log
pidfile=%DIR%/pid
childlogdir=%DIR%
`;

/** For `command`: the daemon as a user without any rights, who needs `modes` for the directory. */
export const AS_NOBODY = ['setpriv', '--reuid=65534', '--regid=65534', '--clear-groups'] as const;

export interface DaemonOptions {
  /** Text of the configuration; `%DIR%` in it becomes the test's own directory. Without any, the daemon looks for one. */
  readonly config?: string;
  /** More files, by path relative to that directory. */
  readonly files?: Readonly<Record<string, string>>;
  /** Permissions of some of them, `.` being the directory; otherwise scripts are executable and nothing else is. */
  readonly modes?: Readonly<Record<string, number>>;
  readonly args?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  /** Runs it as PID 1 of a PID namespace of its own. */
  readonly asPid1?: boolean;
  /** What to run instead, an upstream supervisord, say; `%DIR%` as in `config`. */
  readonly command?: readonly [string, ...string[]];
}

export interface TestDaemon {
  readonly dir: string;
  readonly child: ChildProcess;
  /** Pid as seen from here, also of PID 1 of a namespace. */
  pid(): number;
  /** Everything on its stdout and stderr so far. */
  output(): string;
  lines(): string[];
  waitForOutput(pattern: RegExp, timeoutMs?: number): Promise<RegExpMatchArray>;
  signal(name: NodeJS.Signals): void;
  /** Exit status, or the signal that ended it. */
  readonly exited: Promise<number | NodeJS.Signals>;
  /** SIGTERM, then waits for the end. */
  stop(): Promise<number | NodeJS.Signals>;
}

/** A directory that goes with its test. */
export function temporaryDirectory(t: TestContext): string {
  const dir = mkdtempSync(join(tmpdir(), 'initvisor-test-'));
  t.after(() => rmSync(dir, { recursive: true, force: true }));
  return dir;
}

function writeFiles(dir: string, { config, files = {}, modes = {} }: DaemonOptions): void {
  const all = config === undefined ? files : { 'supervisord.conf': config, ...files };
  for (const [path, text] of Object.entries(all)) {
    mkdirSync(dirname(join(dir, path)), { recursive: true });
    writeFileSync(join(dir, path), text.replaceAll('%DIR%', dir), { mode: text.startsWith('#!') ? 0o755 : 0o644 });
  }
  for (const [path, mode] of Object.entries(modes)) chmodSync(join(dir, path), mode);
}

function commandLine(options: DaemonOptions, dir: string): [string, string[]] {
  const base = options.command ?? [process.execPath, INITVISOR];
  const file = options.config === undefined ? [] : ['-c', join(dir, 'supervisord.conf')];
  const words = [...base, ...file, ...(options.args ?? [])];
  const [program = process.execPath, ...args] = words.map((word) => word.replaceAll('%DIR%', dir));
  if (options.asPid1 !== true) return [program, args];
  return ['unshare', ['--pid', '--fork', '--mount-proc', '--kill-child', program, ...args]];
}

function environment(mark: string, extra: Readonly<Record<string, string>>): NodeJS.ProcessEnv {
  const env: NodeJS.ProcessEnv = { ...process.env, [DAEMON_MARK]: mark, ...extra };
  // Each costs tens of milliseconds at every start, or changes what Node prints.
  for (const name of ['NODE_EXTRA_CA_CERTS', 'NODE_OPTIONS', 'NODE_V8_COVERAGE', 'NODE_TEST_CONTEXT']) delete env[name];
  return env;
}

/** Runs a daemon on a configuration in a directory of its own; whatever it started dies with the test. */
export function startDaemon(t: TestContext, options: DaemonOptions): TestDaemon {
  const dir = temporaryDirectory(t);
  writeFiles(dir, options);
  const [program, args] = commandLine(options, dir);
  const child = spawn(program, args, {
    cwd: dir,
    env: environment(dir, options.env ?? {}),
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let text = '';
  for (const stream of [child.stdout, child.stderr]) stream.setEncoding('utf8').on('data', (data) => (text += data));
  const exited = once(child, 'close').then(([code, signal]) => signal ?? code);
  t.after(async () => {
    killAll([{ pid: child.pid ?? 0, commandLine: '' }]);
    await exited;
    killAll(processesWith(DAEMON_MARK, dir));
  });
  // unshare --fork stays between us and PID 1.
  const pid = () => (options.asPid1 === true ? (childrenOf(child.pid ?? 0)[0] ?? 0) : (child.pid ?? 0));
  const daemon: TestDaemon = {
    dir,
    child,
    pid,
    exited,
    output: () => text,
    lines: () => text.split('\n').filter((line) => line !== ''),
    waitForOutput: (pattern, timeoutMs) =>
      waitFor(
        () => text.match(pattern),
        `${pattern} in the output`,
        timeoutMs,
        () => text,
      ),
    signal: (name) => void process.kill(pid(), name),
    stop() {
      daemon.signal('SIGTERM');
      return exited;
    },
  };
  return daemon;
}
