import type { Log } from '../model/log-level.ts';
import { SIGNAL_NUMBERS, signalName } from '../model/signals.ts';
import type { Native } from '../os/native.ts';
import { type ProcessStat, renderProcesses } from '../os/process-table.ts';
import { type SignalTarget, sendSignal } from '../os/signals.ts';
import type { Descendants } from './descendants.ts';

/** What became of a signal: it was sent, there was nobody left, or the errno's name. */
export type SignalOutcome =
  | { readonly kind: 'sent' }
  | { readonly kind: 'groupGone' }
  | { readonly kind: 'failed'; readonly errno: string };

export interface StragglersContext {
  readonly native: Pick<Native, 'kill'>;
  readonly log: Log;
  readonly descendants: Descendants;
}

export interface StragglersOptions {
  /** Whose they are; null: nobody's. */
  readonly owner: string | null;
  /** `what 'x' left behind`, for the log. */
  readonly name: string;
  /** Process group of a program that has just ended; null where they are from earlier lives. */
  readonly group: number | null;
  /** Signal that this group has had already. */
  readonly groupSignal: number | null;
}

/** A pid may be taken again meanwhile. */
const keyOf = ({ pid, startTicks }: ProcessStat): string => `${pid}:${startTicks}`;

/** Those whom a program left, from the moment that they are to go until they are gone. */
export class Stragglers {
  readonly #context: StragglersContext;
  readonly #options: StragglersOptions;
  /** The last signal, for those who turn up later. */
  #signal: number | null = null;
  readonly #told = new Set<string>();
  readonly #killed = new Set<string>();

  constructor(context: StragglersContext, options: StragglersOptions) {
    this.#context = context;
    this.#options = options;
  }

  get name(): string {
    return this.#options.name;
  }

  areThere(): boolean {
    const { descendants } = this.#context;
    return descendants.look() ? descendants.hasOrphans(this.#options.owner) : this.#isGroupThere();
  }

  /** Sends a signal to all. */
  tell(signal: number): SignalOutcome {
    if (signal === SIGNAL_NUMBERS.SIGKILL) return this.kill();
    this.#signal = signal;
    const all = this.#find();
    return all === null ? this.#sendToGroup(signal) : this.#send(signal, all);
  }

  /** Sends a signal to those who were not in the process group that has had it. */
  tellOthers(signal: number): void {
    if (signal === SIGNAL_NUMBERS.SIGKILL) {
      this.kill();
      return;
    }
    this.#signal = signal;
    const all = this.#find() ?? [];
    for (const each of all) if (this.#isInGroup(each)) this.#told.add(keyOf(each));
    this.#send(
      signal,
      all.filter((each) => !this.#isInGroup(each)),
    );
  }

  /** Kills all by name. */
  kill(): SignalOutcome {
    const { SIGKILL } = SIGNAL_NUMBERS;
    this.#signal = SIGKILL;
    const all = this.#find();
    if (all !== null) return this.#killEach(all);
    this.#say(`process group ${this.#options.group}`);
    return this.#sendToGroup(SIGKILL);
  }

  /** Somebody has ended: false when nobody is left; those who turned up meanwhile get the signal that the others had. */
  settle(): boolean {
    if (!this.areThere()) return false;
    if (this.#signal === SIGNAL_NUMBERS.SIGKILL) this.#killNewcomers();
    else if (this.#signal !== null) this.#catchUp(this.#signal);
    return true;
  }
  #killEach(processes: readonly ProcessStat[]): SignalOutcome {
    const { SIGKILL } = SIGNAL_NUMBERS;
    // First of all, as they may start others meanwhile.
    const outcome = this.#send(SIGKILL, processes);
    // Those of a group that has had it are dying.
    const dying = this.#options.groupSignal === SIGKILL;
    const unnamed = processes.filter((each) => !this.#killed.has(keyOf(each)) && !(dying && this.#isInGroup(each)));
    for (const each of processes) this.#killed.add(keyOf(each));
    if (unnamed.length > 0) this.#say(renderProcesses(unnamed));
    return outcome;
  }

  #find(): ProcessStat[] | null {
    return this.#context.descendants.find(this.#options.owner);
  }

  #isInGroup({ processGroup }: ProcessStat): boolean {
    return processGroup === this.#options.group;
  }

  #isGroupThere(): boolean {
    const { group } = this.#options;
    return group !== null && this.#context.native.kill(-group, 0) !== 'ESRCH';
  }

  /** Those whose parent has ended untold. A helper that somebody starts in order to end well is left alone. */
  #catchUp(signal: number): void {
    const { descendants } = this.#context;
    const untold = this.#find()?.filter((each) => descendants.isOrphan(each.pid) && !this.#told.has(keyOf(each)));
    this.#send(signal, untold ?? [], null);
  }

  #killNewcomers(): void {
    const all = this.#find() ?? [];
    if (all.some((each) => !this.#killed.has(keyOf(each)))) this.#killEach(all);
  }

  #send(signal: number, processes: readonly ProcessStat[], group: number | null = this.#options.group): SignalOutcome {
    for (const each of processes) this.#told.add(keyOf(each));
    if (processes.length > 0 && signal !== SIGNAL_NUMBERS.SIGKILL) {
      const who = renderProcesses(processes);
      this.#context.log('debug', `killing ${this.#options.name} with signal ${signalName(signal) ?? signal}: ${who}`);
    }
    const single = processes.filter(({ processGroup }) => processGroup !== group);
    const errnos = single.map(({ pid }) => this.#signalOne({ pid, group: false }, signal));
    if (group !== null && single.length < processes.length)
      errnos.push(this.#signalOne({ pid: group, group: true }, signal));
    // Of those that ended just now we hear soon.
    const refusal = errnos.includes('') ? undefined : errnos.find((errno) => errno !== 'ESRCH');
    if (refusal !== undefined) {
      this.#context.log('warn', `may not signal ${this.#options.name}: ${renderProcesses(processes)}`);
      return { kind: 'failed', errno: refusal };
    }
    return { kind: this.areThere() ? 'sent' : 'groupGone' };
  }

  #sendToGroup(signal: number): SignalOutcome {
    const { group } = this.#options;
    if (group === null) return { kind: 'groupGone' };
    const errno = this.#signalOne({ pid: group, group: true }, signal);
    if (errno === '') return { kind: 'sent' };
    return errno === 'ESRCH' ? { kind: 'groupGone' } : { kind: 'failed', errno };
  }

  #signalOne(target: SignalTarget, signal: number): string {
    return sendSignal(this.#context.native, target, signal);
  }

  #say(who: string): void {
    this.#context.log('warn', `killing ${this.#options.name}: ${who}`);
  }
}
