import type { ProcessConfig } from '../config/config.ts';
import type { Task } from '../core/process-state.ts';
import { ownDescriptor } from '../logging/own-descriptor.ts';
import type { ChildPipes } from '../os/fds.ts';
import { renderPipeProblem } from '../os/spawn.ts';
import { ChildOutput } from './child-output.ts';
import { ChildStdin } from './child-stdin.ts';
import type { LaunchContext } from './launch-context.ts';
import type { Channel, OutputReader } from './output-stream.ts';
import { errnoOf, type SpawnOutcome, spawnCommand } from './spawn-command.ts';
import { openTaskPipes } from './task-output.ts';

/** What a start brings besides the configuration. */
export interface SpawnExtras {
  /** A socket in place of the pipe to stdin; null: none. */
  readonly stdin: number | null;
  readonly environment: Readonly<Record<string, string>>;
  /** Descriptors that the child gets, by the number that it knows them by, from 3 on. */
  readonly fds: ReadonlyMap<number, number>;
}

export const NO_EXTRAS: SpawnExtras = { stdin: null, environment: {}, fds: new Map() };

/** Stdin of a command that nobody talks to; the others come from pipes. */
const DEV_NULL = -1;

/** One process with its pipes and logs, over all its lives. */
export class ManagedProcess {
  /** Paths of the logs in use, AUTO names resolved; null: none. */
  readonly logPaths: Readonly<Record<Channel, string | null>>;
  readonly #context: LaunchContext;
  readonly #output: ChildOutput;
  /** Of the commands before and after it: what the program itself said last stays known. */
  readonly #hookOutput: ChildOutput;
  #config: ProcessConfig;
  #stdin: ChildStdin | null = null;

  /** @param openReader asked at each start, for each channel */
  constructor(
    config: ProcessConfig,
    logPaths: Readonly<Record<Channel, string | null>>,
    context: LaunchContext,
    openReader: (channel: Channel) => OutputReader | null = () => null,
  ) {
    this.#config = config;
    this.logPaths = logPaths;
    this.#context = context;
    this.#output = new ChildOutput(context, openReader);
    this.#hookOutput = new ChildOutput(context, () => null);
  }

  get config(): ProcessConfig {
    return this.#config;
  }

  /** From the next start on, where it makes a difference at all. */
  adopt(config: ProcessConfig): void {
    this.#config = config;
  }

  /** Starts the program; texts of failures are Supervisor's. */
  spawn(extras: SpawnExtras = NO_EXTRAS): SpawnOutcome {
    return this.#spawn(this.#config.command, this.#output, extras.environment, (pipes) => {
      this.#stdin = new ChildStdin(pipes.stdin, this.#context);
      const [stdin, ...outputs] = pipes.childFds;
      return withExtraFds([extras.stdin ?? stdin, ...outputs], extras.fds);
    });
  }

  /** Starts the command before or after the program. */
  spawnHook(task: Exclude<Task, 'program'>, environment: Readonly<Record<string, string>>): SpawnOutcome {
    return this.#spawn(this.#config[task] ?? '', this.#hookOutput, environment, (pipes) => {
      this.#context.native.close(pipes.stdin);
      const [, ...outputs] = pipes.childFds;
      return [DEV_NULL, ...outputs];
    });
  }

  /** What the program has said by now is shown before what follows from it is logged. */
  takeOutput(): void {
    this.#output.take();
  }

  /** What has run is gone: its last output is told of before its end. */
  catchUp(task: Task): void {
    (task === 'program' ? this.#output : this.#hookOutput).catchUp();
  }

  /** Takes what the pipes still hold, then lets go of them and of the logs. */
  closePipes(task: Task = 'program'): void {
    if (task !== 'program') {
      this.#hookOutput.close();
      return;
    }
    this.#stdin?.close();
    this.#stdin = null;
    this.#output.close();
  }

  /** The newest output of this life or the last, stdout before stderr; at most `bytes` of each. */
  newestOutput(bytes: number): string {
    return this.#output.newest(bytes);
  }

  /** The newest `bytes` of one channel, of this life or the last. */
  tail(channel: Channel, bytes: number): Buffer {
    return this.#output.tail(channel, bytes);
  }

  /** Calls back with all that a channel brings from now on, this life and the next, until the returned function is called. */
  subscribe(channel: Channel, listener: (data: Buffer) => void): () => void {
    return this.#output.subscribe(channel, listener);
  }

  /** Never blocks: what the pipe has no room for is written when it has. */
  writeStdin(text: string): 'sent' | 'closed' {
    return this.#stdin?.write(text) ?? 'closed';
  }

  /** Deletes and reopens its log files; of a process that is down they are emptied. @throws the system call's error */
  clearLogs(): void {
    const { files } = this.#context;
    this.#output.clearLogs();
    if (this.#output.openCount > 0) return;
    for (const path of Object.values(this.logPaths)) {
      if (path !== null && ownDescriptor(path) === null && files.exists(path)) files.write(path, '');
    }
  }

  /** Frees the memory of its output, once it is gone for good. */
  forget(): void {
    this.#output.forget();
    this.#hookOutput.forget();
  }

  #spawn(
    command: string,
    output: ChildOutput,
    environment: Readonly<Record<string, string>>,
    childFds: (pipes: ChildPipes) => readonly number[],
  ): SpawnOutcome {
    const context = this.#context;
    const task = output === this.#output ? 'program' : 'post_stop';
    let pipes: ChildPipes | null = null;
    let outcome: SpawnOutcome;
    try {
      outcome = spawnCommand(context, this.#config, {
        command,
        environment,
        openFds: () => {
          pipes = openTaskPipes({ context, config: this.#config, output, logPaths: this.logPaths });
          return childFds(pipes);
        },
        stderr: () => pipes?.childFds[2] ?? DEV_NULL,
        onFailure: () => this.closePipes(task),
      });
    } catch (error) {
      return { ok: false, reason: renderPipeProblem(this.#config.name, errnoOf(error)), exitCode: 1 };
    }
    closeChildEnds(pipes);
    if (outcome.ok) output.begin(outcome.pid);
    return outcome;
  }
}

/** The compiler does not see that a callback has set it. */
function closeChildEnds(pipes: ChildPipes | null): void {
  pipes?.closeChildEnds();
}

function withExtraFds(standard: readonly number[], extra: ReadonlyMap<number, number>): readonly number[] {
  const highest = Math.max(standard.length - 1, ...extra.keys());
  return Array.from({ length: highest + 1 }, (_, fd) => extra.get(fd) ?? standard[fd] ?? DEV_NULL);
}
