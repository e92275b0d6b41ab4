import type { Environment, ProcessSource } from '../../src/os/family.ts';
import type { ProcessStat } from '../../src/os/process-table.ts';

export const SELF = 1;

interface FakeProcess extends ProcessStat {
  readonly environment: Environment;
}

type Traits = Partial<Omit<FakeProcess, 'pid' | 'parent'>>;

/** `SUPERVISOR_GROUP_NAME` and `SUPERVISOR_PROCESS_NAME` as a program `name` of its own group gets them. */
export const marksOf = (name: string): string[] => [
  'PATH=/bin',
  `SUPERVISOR_PROCESS_NAME=${name}`,
  `SUPERVISOR_GROUP_NAME=${name}`,
];

/** Processes in memory: children of one that ends become ours, as of a subreaper. */
export class FakeProcesses implements ProcessSource {
  readonly #all = new Map<number, FakeProcess>();
  /** Signals as they were sent, `pid signal`. */
  readonly sent: string[] = [];
  /** Users that are not ours. */
  readonly untouchable = new Set<number>();
  isReadable = true;
  reads = 0;
  #ticks = 100;

  add(pid: number, parent: number, traits: Traits = {}): void {
    const above = this.#all.get(parent);
    this.#all.set(pid, {
      ...{ name: `p${pid}`, isZombie: false, environment: [], startTicks: this.#ticks++ },
      processGroup: above?.processGroup ?? SELF,
      session: above?.session ?? SELF,
      ...traits,
      ...{ pid, parent },
    });
  }

  /** It ends, and whoever has to reap it does so. */
  end(pid: number): void {
    this.#all.delete(pid);
    this.#orphan(pid);
  }

  /** It ends, and stays a zombie. */
  die(pid: number): void {
    const process = this.#all.get(pid);
    if (process !== undefined) this.#all.set(pid, { ...process, isZombie: true });
    this.#orphan(pid);
  }

  #orphan(parent: number): void {
    for (const process of this.#all.values()) {
      if (process.parent === parent) this.#all.set(process.pid, { ...process, parent: SELF });
    }
  }

  kill = (pid: number, signal: number): string => {
    if (signal !== 0) this.sent.push(`${pid} ${signal}`);
    const found = [...this.#all.values()].filter((each) => (pid < 0 ? each.processGroup === -pid : each.pid === pid));
    if (found.length === 0) return 'ESRCH';
    return found.every((each) => this.untouchable.has(each.pid)) ? 'EPERM' : '';
  };

  readFamily() {
    this.reads++;
    const childrenOf = (parent: number) =>
      [...this.#all.values()].filter((process) => process.parent === parent).map(({ pid }) => pid);
    return this.isReadable ? { own: childrenOf(SELF), childrenOf } : null;
  }

  readChildren(leaveOut: (pid: number) => boolean) {
    const found = [...this.#all.values()].filter(({ pid }) => !leaveOut(pid));
    return { childrenOf: (parent: number) => found.filter((each) => each.parent === parent).map(({ pid }) => pid) };
  }

  readSelf(): ProcessStat {
    return {
      ...{ pid: SELF, name: 'self', parent: 0, processGroup: SELF, session: SELF, isZombie: false, startTicks: 1 },
    };
  }

  readStat(pid: number): ProcessStat | null {
    return this.#all.get(pid) ?? null;
  }

  readEnvironment(pid: number): Environment {
    return this.#all.get(pid)?.environment ?? null;
  }
}

/** Lets a turn of the event loop go by, as far as what is looked up in one turn is concerned. */
export const nextTurn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
