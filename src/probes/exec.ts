import { type ExitStatus, renderExitStatus } from '../model/exit-status.ts';
import type { ProbeSpec } from '../model/probe-spec.ts';
import type { AwaitedExits } from '../os/awaited-exits.ts';
import { isSystemError } from '../os/fds.ts';
import type { Native, SpawnRequest, SpawnResult } from '../os/native.ts';
import { prepareCommand } from '../os/spawn.ts';
import { NewestOutput, type OutputContext } from './newest-output.ts';
import type { ProbeResult } from './probe-result.ts';

const SIGKILL = 9;
const DEV_NULL = -1;

/** What a command is run with: all that the program itself has. */
export interface ProbeRuntime {
  /** `NAME=value` each. */
  readonly environment: readonly string[];
  /** Null each: as this process. */
  readonly uid: number | null;
  readonly gid: number | null;
  readonly groups: readonly number[] | null;
  readonly directory: string | null;
  readonly umask: number | null;
}

export interface ExecContext extends OutputContext {
  readonly native: OutputContext['native'] & Pick<Native, 'spawn' | 'kill' | 'pipe' | 'close'>;
  readonly exits: Pick<AwaitedExits, 'expect'>;
}

interface Running {
  readonly pid: number;
  readonly output: NewestOutput;
}

const failed = (detail: string): ProbeResult => ({ ok: false, detail });

function searchPathOf({ environment, directory }: ProbeRuntime) {
  const path = environment.findLast((entry) => entry.startsWith('PATH='))?.slice('PATH='.length);
  return { environment: path === undefined ? {} : { PATH: path }, inheritedPath: undefined, directory };
}

function identityOf({ uid, gid, groups, directory, umask }: ProbeRuntime): Partial<SpawnRequest> {
  return {
    ...(uid === null ? {} : { uid }),
    ...(gid === null ? {} : { gid }),
    ...(groups === null ? {} : { groups }),
    ...(directory === null ? {} : { cwd: directory }),
    ...(umask === null ? {} : { umask }),
  };
}

/** @throws the system call's error, with nothing left open */
function spawnWithOutput(
  context: ExecContext,
  request: Omit<SpawnRequest, 'fds'>,
): SpawnResult & { output: NewestOutput } {
  const { native } = context;
  const [readEnd, writeEnd] = native.pipe(true, false);
  let output: NewestOutput;
  try {
    output = new NewestOutput(context, readEnd);
  } catch (error) {
    native.close(readEnd);
    native.close(writeEnd);
    throw error;
  }
  try {
    return { ...native.spawn({ ...request, fds: [DEV_NULL, writeEnd, writeEnd] }), output };
  } catch (error) {
    output.forget();
    throw error;
  } finally {
    native.close(writeEnd);
  }
}

function start(command: string, runtime: ProbeRuntime, context: ExecContext): Running | ProbeResult {
  const found = prepareCommand({ command, ...searchPathOf(runtime) });
  if (!found.ok) return failed(found.problem);
  const { file, argv } = found;
  const env = runtime.environment;
  try {
    const request = { file, argv, env, isolate: 'group', ...identityOf(runtime) } as const;
    const { pid, failure, output } = spawnWithOutput(context, request);
    if (failure === undefined) return { pid, output };
    // It exists all the same, and is to be reaped.
    context.exits.expect(pid, () => undefined);
    output.forget();
    return failed(`cannot run it: ${failure.stage} (${failure.errno})`);
  } catch (error) {
    // Descriptors, memory or processes are used up: the next check may go better.
    if (isSystemError(error)) return failed(`cannot run it: ${error.syscall} (${error.code})`);
    throw error;
  }
}

function judge(status: ExitStatus, said: string): ProbeResult {
  const ok = status.kind === 'code' && status.code === 0;
  return { ok, detail: said === '' ? renderExitStatus(status) : `${renderExitStatus(status)}: ${said}` };
}

/**
 * Waits for the command's end. It is killed with its whole group when the signal aborts, and what is left of the group
 * when it has ended by itself: a check every few seconds must not leave anything behind.
 */
function waitForEnd({ pid, output }: Running, context: ExecContext, signal: AbortSignal): Promise<ProbeResult> {
  return new Promise((resolve) => {
    let isRunning = true;
    let isTold = false;
    const kill = (): void => void context.native.kill(-pid, SIGKILL);
    const tell = (toResult: (said: string) => ProbeResult): void => {
      if (isTold) return;
      isTold = true;
      signal.removeEventListener('abort', giveUp);
      const said = output.lastLine();
      output.forget();
      resolve(toResult(said));
    };
    const giveUp = (): void => {
      // Afterwards the number may be somebody else's.
      if (isRunning) kill();
      tell(failed);
    };
    context.exits.expect(pid, (status) => {
      isRunning = false;
      kill();
      if (!isTold) output.drain().then(() => tell((said) => judge(status, said)));
    });
    signal.addEventListener('abort', giveUp);
  });
}

/** Runs a command, without a shell; exit code 0 is well. */
export async function checkExec(
  { command }: Extract<ProbeSpec, { kind: 'exec' }>,
  runtime: ProbeRuntime,
  context: ExecContext,
  signal: AbortSignal,
): Promise<ProbeResult> {
  const started = start(command, runtime, context);
  return 'pid' in started ? waitForEnd(started, context, signal) : started;
}
