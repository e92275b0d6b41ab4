import { isDeepStrictEqual } from 'node:util';
import type { FcgiSocketConfig, GroupConfig, ProcessConfig, StreamConfig } from '../config/config.ts';
import type { Task } from '../core/process-state.ts';
import { isSystemError } from '../os/fds.ts';
import { FcgiSocket } from './fcgi-socket.ts';
import { ManagedProcess, NO_EXTRAS, type SpawnExtras } from './managed-process.ts';
import type { Channel, OutputReader } from './output-stream.ts';
import { memberId } from './policies.ts';
import type { SpawnOutcome } from './spawn-command.ts';
import type { SupervisorContext } from './supervisor-context.ts';

/** Who reads what a process writes, from its start on; null: nobody but its log. */
export type OpenReader = (group: string, id: string, channel: Channel) => OutputReader | null;

const missing = (id: string): SpawnOutcome => ({ ok: false, reason: `internal error: no process ${id}`, exitCode: 1 });

interface Entry {
  process: ManagedProcess;
  socket: FcgiSocket | null;
  /** Takes the place of `process` once that has stopped. */
  successor: { readonly group: GroupConfig; readonly process: ProcessConfig } | null;
}

/** What stands behind each id: the process with its pipes and logs, and the socket of its pool. */
export class Inventory {
  serverUrl: string | null;
  readonly #context: SupervisorContext;
  readonly #entries = new Map<string, Entry>();
  /** Of each pool, with the configuration that it was made from. */
  readonly #sockets = new Map<string, { readonly config: FcgiSocketConfig; readonly socket: FcgiSocket }>();

  readonly #openReader: OpenReader;

  constructor(context: SupervisorContext, serverUrl: string | null, openReader: OpenReader = () => null) {
    this.#context = context;
    this.#openReader = openReader;
    this.serverUrl = serverUrl;
  }

  add(group: GroupConfig, config: ProcessConfig): void {
    const id = memberId(group.name, config.name);
    const socket = this.#socketOf(group);
    const process = this.#manage(config, (channel) => this.#openReader(group.name, id, channel));
    this.#entries.set(id, { process, socket, successor: null });
  }

  remove(id: string): void {
    this.#entries.get(id)?.process.forget();
    this.#entries.delete(id);
  }

  /** `replace` will bring this configuration in. */
  replaceLater(group: GroupConfig, process: ProcessConfig): void {
    const entry = this.#entries.get(memberId(group.name, process.name));
    if (entry !== undefined) entry.successor = { group, process };
  }

  replace(id: string): void {
    const successor = this.#entries.get(id)?.successor;
    if (successor === null || successor === undefined) return;
    this.remove(id);
    this.add(successor.group, successor.process);
  }

  /** Another configuration that the running process can take over. */
  update(group: GroupConfig, process: ProcessConfig): void {
    const entry = this.#entries.get(memberId(group.name, process.name));
    if (entry === undefined) return;
    if (entry.successor !== null) entry.successor = { group, process };
    else entry.process.adopt(process);
  }

  processOf(id: string): ManagedProcess | undefined {
    return this.#entries.get(id)?.process;
  }

  /** The newest output of a program's last life, at most `bytes` of each stream. */
  newestOutput(id: string, bytes: number): string {
    return this.processOf(id)?.newestOutput(bytes) ?? '';
  }

  /** Starts the program, with what its readiness needs. */
  spawn(id: string, extras: Omit<SpawnExtras, 'stdin'> = NO_EXTRAS): SpawnOutcome {
    const entry = this.#entries.get(id);
    if (entry === undefined) return missing(id);
    let stdin: number | null;
    try {
      stdin = entry.socket?.acquire() ?? null;
    } catch (error) {
      const reason = `Could not create FastCGI socket for ${id}: ${error instanceof Error ? error.message : error}`;
      return { ok: false, reason, exitCode: 1 };
    }
    const outcome = entry.process.spawn({ ...extras, stdin });
    if (!outcome.ok) entry.socket?.release();
    return outcome;
  }

  /** Starts the command before or after the program. */
  spawnHook(id: string, task: Exclude<Task, 'program'>, environment: Readonly<Record<string, string>>): SpawnOutcome {
    return this.#entries.get(id)?.process.spawnHook(task, environment) ?? missing(id);
  }

  closePipes(id: string, task: Task): void {
    const entry = this.#entries.get(id);
    entry?.process.closePipes(task);
    if (task === 'program') entry?.socket?.release();
  }

  #socketOf({ name, fcgi }: GroupConfig): FcgiSocket | null {
    if (fcgi === null) return null;
    const known = this.#sockets.get(name);
    if (isDeepStrictEqual(known?.config, fcgi) && known !== undefined) return known.socket;
    const socket = new FcgiSocket(fcgi, this.#context);
    this.#sockets.set(name, { config: fcgi, socket });
    return socket;
  }

  #manage(config: ProcessConfig, openReader: (channel: Channel) => OutputReader | null): ManagedProcess {
    const paths = {
      stdout: this.#logPath(config, 'stdout', config.stdout),
      stderr: config.redirect_stderr ? null : this.#logPath(config, 'stderr', config.stderr),
    };
    return new ManagedProcess(config, paths, { ...this.#context, serverUrl: this.serverUrl }, openReader);
  }

  /** A program whose AUTO log cannot be made, as on a read-only root, runs without one. */
  #logPath(config: ProcessConfig, channel: Channel, { logfile }: StreamConfig): string | null {
    if (logfile.kind === 'none') return null;
    if (logfile.kind === 'file') return logfile.path;
    try {
      return this.#context.autoLogs.create(config.name, channel);
    } catch (error) {
      const reason = isSystemError(error) ? error.code : String(error);
      this.#context.log('warn', `cannot make a ${channel} log for '${config.name}': ${reason}; it runs without one`);
      return null;
    }
  }
}
