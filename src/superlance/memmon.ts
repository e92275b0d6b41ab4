import type { ProcessInfo } from '../client/supervisor-api.ts';
import { joinNamespec } from '../model/namespec.ts';
import { renderAsctime } from '../os/local-time.ts';
import { readResidentBytes, readTreeResidentBytes } from '../os/process-memory.ts';
import type { Command } from './command.ts';
import { describeError } from './describe-error.ts';
import { type Host, ownProcess, type Server } from './host.ts';
import { MEMMON_SHAPE, type MemmonOptions, readMemmonOptions } from './memmon-options.ts';
import { createNotifier, type Notify } from './notice.ts';

/** Resident bytes of a process; null when they cannot be known. */
export type ReadMemory = (pid: number) => number | null;

function renderLimits(limits: ReadonlyMap<string, number>): string {
  const names = [...limits.keys()].sort();
  return names.map((name) => `${name}=${limits.get(name)}`).join(', ');
}

function renderStatus({ programs, groups, any }: MemmonOptions): string {
  const lines = [
    ...(programs.size > 0 ? [`Checking programs ${renderLimits(programs)}`] : []),
    ...(groups.size > 0 ? [`Checking groups ${renderLimits(groups)}`] : []),
    ...(any === null ? [] : [`Checking any=${any}`]),
  ];
  return lines.map((line) => `${line}\n`).join('');
}

/** Limits that hold for a process, each once however it is written. */
function limitsOf({ name, group }: ProcessInfo, { programs, groups, any }: MemmonOptions): number[] {
  const spellings = new Set([name, joinNamespec(group, name), `${group}:${name}`]);
  return [...[...spellings].map((spelling) => programs.get(spelling)), groups.get(group), any ?? undefined].filter(
    (limit) => limit !== undefined,
  );
}

/** Restarts processes that hold too much memory, each at most once a tick. */
export class MemMon {
  readonly #host: Host;
  readonly #options: MemmonOptions;
  readonly #server: Server;
  readonly #notify: Notify | null;
  readonly #readMemory: ReadMemory;

  constructor(
    host: Host,
    options: MemmonOptions,
    { server, notify, readMemory }: { server: Server; notify: Notify | null; readMemory: ReadMemory },
  ) {
    this.#host = host;
    this.#options = options;
    this.#server = server;
    this.#notify = notify;
    this.#readMemory = readMemory;
  }

  async tick(): Promise<void> {
    this.#host.log(renderStatus(this.#options));
    let infos: readonly ProcessInfo[];
    try {
      infos = await this.#server.getAllProcessInfo();
    } catch (error) {
      return this.#host.log(`Exception retrieving process info ${describeError(error)}, not acting\n`);
    }
    // Stopping itself would leave nobody to start it again.
    const own = ownProcess(this.#host.env);
    const others = infos.filter(({ group, name, pid }) => pid !== 0 && !(group === own.group && name === own.process));
    for (const info of others) await this.#check(info);
  }

  async #check(info: ProcessInfo): Promise<void> {
    const limits = limitsOf(info, this.#options);
    if (limits.length === 0) return;
    const bytes = this.#readMemory(info.pid);
    if (bytes === null) return;
    this.#host.log(`RSS of ${info.group}:${info.name} is ${bytes}\n`);
    if (limits.some((limit) => bytes > limit)) await this.#restart(info, bytes);
  }

  async #restart(info: ProcessInfo, bytes: number): Promise<void> {
    const process = `${info.group}:${info.name}`;
    this.#host.log(`Restarting ${process}\n`);
    try {
      await this.#server.stopProcess(process);
    } catch (error) {
      return this.#fail(
        `failed to stop process ${process}`,
        `Failed to stop process ${process} (RSS ${bytes}): ${describeError(error)}`,
      );
    }
    try {
      await this.#server.startProcess(process);
    } catch (error) {
      const what = `Failed to start process ${process} after stopping it: ${describeError(error)}`;
      return this.#fail(`failed to start process ${process}`, what);
    }
    if (info.now - info.start > this.#options.uptimeSeconds) return;
    const time = renderAsctime(this.#host.clock.wallMs());
    await this.#mail(
      `process ${process} restarted`,
      `memmon restarted the process named ${process} at ${time} because it was consuming too much memory (${bytes} bytes RSS)`,
    );
  }

  async #fail(subject: string, text: string): Promise<void> {
    this.#host.log(`${text}\n`);
    await this.#mail(subject, text);
  }

  async #mail(subject: string, text: string): Promise<void> {
    const { name } = this.#options;
    await this.#notify?.(`memmon${name === null ? '' : ` [${name}]`}: ${subject}`, text);
  }
}

export const memmon: Command = {
  shape: MEMMON_SHAPE,
  needsServer: true,
  needsWords: true,
  create(host, given, server) {
    const options = readMemmonOptions(given);
    const notify = createNotifier(host, MEMMON_SHAPE.name, given);
    const readMemory = options.cumulative ? readTreeResidentBytes : readResidentBytes;
    const watch = new MemMon(host, options, { server, notify, readMemory });
    return async (event) => {
      if (event.name.startsWith('TICK')) await watch.tick();
    };
  },
};
