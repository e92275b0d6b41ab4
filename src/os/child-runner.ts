import type { ExitStatus } from '../model/exit-status.ts';
import { AwaitedExits } from './awaited-exits.ts';
import { isSystemError } from './fds.ts';
import type { Native } from './native.ts';
import { prepareCommand } from './spawn.ts';

const SIGKILL = 9;

export interface ChildCommand {
  readonly command: string;
  /** Added to what this process inherited. */
  readonly environment: Readonly<Record<string, string>>;
  readonly stdin: string;
  /** Kills it with its whole process group. */
  readonly signal: AbortSignal;
}

type RunnerNative = Pick<Native, 'spawn' | 'kill' | 'pipe' | 'close' | 'sinkOpenFile' | 'sinkWrite' | 'sinkClose'>;

export interface ChildRunnerOptions {
  readonly native: RunnerNative;
  readonly inheritedEnvironment: Readonly<Record<string, string>>;
}

/** Runs short commands beside the programs. Whoever reaps hands their statuses in. */
export class ChildRunner {
  readonly #native: RunnerNative;
  readonly #inherited: Readonly<Record<string, string>>;
  readonly #exits = new AwaitedExits();

  constructor({ native, inheritedEnvironment }: ChildRunnerOptions) {
    this.#native = native;
    this.#inherited = inheritedEnvironment;
  }

  /** Whether the pid was one of ours. */
  handleExit(pid: number, status: ExitStatus): boolean {
    return this.#exits.handleExit(pid, status);
  }

  /** Whether it is one of ours that has not ended. */
  owns(pid: number): boolean {
    return this.#exits.has(pid);
  }

  /**
   * Starts a command, its output going where this process' own goes, and waits for its end.
   * @throws Error when it cannot be started
   */
  async run(command: ChildCommand): Promise<ExitStatus> {
    const pid = this.#start(command);
    const kill = (): void => void this.#native.kill(-pid, SIGKILL);
    const { signal } = command;
    if (signal.aborted) kill();
    else signal.addEventListener('abort', kill, { once: true });
    try {
      return await new Promise((resolve) => this.#exits.expect(pid, resolve));
    } finally {
      signal.removeEventListener('abort', kill);
    }
  }

  #start({ command, environment, stdin }: ChildCommand): number {
    const own = { environment, inheritedPath: this.#inherited.PATH, directory: null };
    const found = prepareCommand({ command, ...own });
    if (!found.ok) throw new Error(found.problem);
    const env = Object.entries({ ...this.#inherited, ...environment }).map(([name, value]) => `${name}=${value}`);
    const [readEnd, writeEnd] = this.#native.pipe(false, true);
    try {
      const { file, argv } = found;
      const { pid, failure } = this.#native.spawn({ file, argv, env, fds: [readEnd, 1, 2], isolate: 'group' });
      if (failure === undefined) this.#write(writeEnd, stdin);
      // It exists all the same, and is to be reaped like any other.
      else this.#exits.expect(pid, () => undefined);
      if (failure !== undefined) throw new Error(`${failure.stage}: ${failure.errno}`);
      return pid;
    } finally {
      this.#native.close(readEnd);
      this.#native.close(writeEnd);
    }
  }

  /** Through a descriptor of the pump's own, which never blocks and outlives ours until all is written. */
  #write(fd: number, text: string): void {
    try {
      const sink = this.#native.sinkOpenFile({ path: `/proc/self/fd/${fd}`, maxBytes: 0, backups: 0 });
      this.#native.sinkWrite(sink, text);
      this.#native.sinkClose(sink);
    } catch (error) {
      // Without /proc, or with all descriptors in use: it runs already, and does with its environment.
      if (!isSystemError(error)) throw error;
    }
  }
}
