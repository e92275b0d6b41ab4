import { createClock, createTimer, type DeadlineTimer, holdEventLoop } from '../os/clock.ts';
import { createFiles, type Files } from '../os/files.ts';
import type { Native } from '../os/native.ts';
import { findProcess, ownChildren } from '../os/process-table.ts';
import { createReaper } from '../os/reaper.ts';
import type { SignalQueue } from '../os/signal-queue.ts';
import { startCommand } from './command.ts';
import { watchEnd } from './end-watch.ts';
import { Pidfile, type ProcessIdentity } from './pidfile.ts';
import { FORWARDED_SIGNALS, PidProxy } from './proxy.ts';

export interface StartOptions {
  readonly native: Native;
  /** Has held back the forwarded signals since the start. */
  readonly signals: SignalQueue;
  readonly pidfile: string;
  readonly words: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  readonly cwd: string;
  readonly pid: number;
  readonly exit: (status: number) => void;
}

const STDOUT = 1;
const STDERR = 2;

function writeLine(files: Files, fd: number, line: string): void {
  try {
    files.writeToDescriptor(fd, `${line}\n`);
  } catch {
    // EAGAIN, EPIPE: nobody reads it, which must not cost a signal.
  }
}

/** Where /proc cannot be read a process counts as alive as long as it can be signalled. */
function createFinder(native: Pick<Native, 'kill'>, ownPid: number): (pid: number) => ProcessIdentity | null {
  if (findProcess(ownPid) !== null) return findProcess;
  return (pid) => (['', 'EPERM'].includes(native.kill(pid, 0)) ? { pid, startTicks: 0 } : null);
}

/** Runs the command and stands for its daemon until both have ended. */
export function startPidProxy({ native, signals, words, exit, ...options }: StartOptions): void {
  const files = createFiles();
  const clock = createClock();
  const find = createFinder(native, options.pid);
  const own = find(options.pid) ?? { pid: options.pid, startTicks: 0 };
  const startedMs = clock.wallMs() - clock.monotonicMs();
  const isAlive = ({ pid, startTicks }: ProcessIdentity) => find(pid)?.startTicks === startTicks;
  const warn = (line: string) => writeLine(files, STDERR, `pidproxy: ${line}`);
  const pidfile = new Pidfile(options.pidfile, { files, findProcess: find, own: { ...own, startedMs } });
  native.setChildSubreaper();
  const command = startCommand(words, { native, ...options });
  if (!command.ok) {
    warn(command.problem);
    exit(command.exitCode);
    return;
  }
  holdEventLoop();
  const reaper = createReaper({
    native,
    onExit(pid, status) {
      proxy.handleExit(pid, status);
      // After the others that were taken with it.
      queueMicrotask(() => proxy.settle());
    },
    onError: (error) => warn(`internal error: ${error}`),
  });
  const wake: DeadlineTimer = createTimer(clock, () => proxy.settle());
  const proxy = new PidProxy(
    {
      pidfile,
      ownStartTicks: own.startTicks,
      monotonicMs: clock.monotonicMs,
      kill: native.kill,
      isAlive,
      reap: () => reaper.reap(),
      children: () => (ownChildren(native) ?? []).map(({ pid }) => pid),
      watch: (process) =>
        watchEnd(process, { native, clock, isAlive }, () => {
          // Its status first, where it is a child.
          reaper.reap();
          proxy.settle();
        }),
      wakeAt: wake.set,
      say: (line) => writeLine(files, STDOUT, line),
      warn,
      exit,
    },
    command.pid,
  );
  reaper.reap();
  signals.deliverTo((name) => {
    const forwarded = FORWARDED_SIGNALS.find((known) => known === name);
    if (forwarded !== undefined) proxy.handleSignal(forwarded);
  });
}
