import type { ProcessConfig } from '../config/config.ts';
import { ownDescriptor } from '../logging/own-descriptor.ts';
import { type ChildPipes, isSystemError, openChildPipes } from '../os/fds.ts';
import type { SpawnResult } from '../os/native.ts';
import {
  type PreparedCommand,
  prepareCommand,
  renderChildFailure,
  renderForkProblem,
  renderPipeProblem,
} from '../os/spawn.ts';
import { decidePrivileges } from '../os/users.ts';
import { renderChildEnvironment } from './child-environment.ts';
import { ChildOutput } from './child-output.ts';
import { ChildStdin } from './child-stdin.ts';
import type { LaunchContext } from './launch-context.ts';
import type { Channel, OutputReader } from './output-stream.ts';

export type SpawnOutcome =
  | { readonly ok: true; readonly pid: number }
  | { readonly ok: false; readonly reason: string; readonly exitCode: number };

type ChildFailure = NonNullable<SpawnResult['failure']>;

/** One process with its pipes and logs, over all its lives. */
export class ManagedProcess {
  /** Paths of the logs in use, AUTO names resolved; null: none. */
  readonly logPaths: Readonly<Record<Channel, string | null>>;
  readonly #context: LaunchContext;
  readonly #output: ChildOutput;
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
  }

  get config(): ProcessConfig {
    return this.#config;
  }

  /** From the next start on, where it makes a difference at all. */
  adopt(config: ProcessConfig): void {
    this.#config = config;
  }

  /** Starts a process; texts of failures are Supervisor's. `stdin`: a socket in place of the pipe. */
  spawn(stdin: number | null): SpawnOutcome {
    const { config } = this;
    const command = prepareCommand({
      command: config.command,
      environment: config.environment,
      inheritedPath: this.#context.inheritedEnvironment.PATH,
      directory: config.directory,
    });
    if (!command.ok) return { ok: false, reason: command.problem, exitCode: command.exitCode };
    let pipes: ChildPipes;
    try {
      pipes = this.#openPipes();
    } catch (error) {
      return { ok: false, reason: renderPipeProblem(config.name, errnoOf(error)), exitCode: 1 };
    }
    return this.#spawnWith(command, pipes, stdin);
  }

  /** Takes what the pipes still hold, then lets go of them and of the logs. */
  closePipes(): void {
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
  }

  #openPipes(): ChildPipes {
    const { config } = this;
    const pipes = openChildPipes(this.#context.native, config.redirect_stderr);
    this.#output.forgetLastLife();
    try {
      this.#openStream('stdout', pipes.stdout);
      if (pipes.stderr !== null) this.#openStream('stderr', pipes.stderr);
    } catch (error) {
      // The pump owns the read ends of streams that were opened; the others are ours to close.
      const owned = this.#output.openCount;
      pipes.closeChildEnds();
      for (const fd of [pipes.stdin, ...[pipes.stdout, pipes.stderr].slice(owned)]) {
        if (fd !== null) this.#context.native.close(fd);
      }
      this.closePipes();
      throw error;
    }
    this.#stdin = new ChildStdin(pipes.stdin, this.#context);
    return pipes;
  }

  #openStream(channel: Channel, fd: number): void {
    this.#output.open({ channel, fd, path: this.logPaths[channel], process: this.#config });
  }

  #spawnWith(command: Extract<PreparedCommand, { ok: true }>, pipes: ChildPipes, stdin: number | null): SpawnOutcome {
    const [pipedStdin, ...outputs] = pipes.childFds;
    let result: SpawnResult;
    let refusal: string | null;
    try {
      // Looks the user up, for which a descriptor may be missing (EMFILE).
      const privileges = this.#privileges();
      refusal = privileges.refusal;
      result = this.#context.native.spawn({
        file: command.file,
        argv: command.argv,
        env: renderChildEnvironment(this.#context.inheritedEnvironment, this.config, this.#context.serverUrl),
        fds: [stdin ?? pipedStdin, ...outputs],
        isolate: 'group',
        ...(this.config.directory === null ? {} : { cwd: this.config.directory }),
        ...(this.config.umask === null ? {} : { umask: this.config.umask }),
        ...privileges.switch,
      });
    } catch (error) {
      pipes.closeChildEnds();
      this.closePipes();
      return { ok: false, reason: renderForkProblem(this.config.name, errnoOf(error)), exitCode: 1 };
    }
    if (result.failure !== undefined) {
      this.#reportChildFailure(command.argv, pipes, result.failure, refusal);
    }
    pipes.closeChildEnds();
    this.#output.begin(result.pid);
    return { ok: true, pid: result.pid };
  }

  #privileges(): { switch: { uid: number; gid: number; groups: readonly number[] } | object; refusal: string | null } {
    const { uid } = this.config;
    if (uid === null) return { switch: {}, refusal: null };
    const decided = decidePrivileges(this.#context.native, uid, this.#context.uid);
    if (decided.kind === 'keep') return { switch: {}, refusal: null };
    if (decided.kind === 'switch') {
      return { switch: { uid, gid: decided.gid, groups: decided.groups }, refusal: null };
    }
    // The kernel refuses as well; the child then ends with 127 as upstream's does.
    return { switch: { uid, gid: uid, groups: [] }, refusal: decided.reason };
  }

  /** Upstream's child writes this to its own stderr. */
  #reportChildFailure(argv: readonly string[], pipes: ChildPipes, failure: ChildFailure, refusal: string | null): void {
    const { uid, directory } = this.config;
    const text = renderChildFailure(failure, { uid, directory, argv, refusal });
    this.#context.files.writeToDescriptor(pipes.childFds[2], text);
  }
}

/** Errno's name; a failure of our own making is told as such, and the program is retried like any other. */
function errnoOf(error: unknown): string {
  if (isSystemError(error)) return error.code;
  return `internal error: ${error instanceof Error ? error.message : error}`;
}
