import type { MonotonicMs } from '../model/clock.ts';
import type { Log } from '../model/log-level.ts';
import type { Native } from '../os/native.ts';
import { sendSignal } from '../os/signals.ts';
import { Aftermath, type AftermathContext } from './aftermath.ts';
import { Descendants, type DescendantsContext } from './descendants.ts';
import { type SignalOutcome, Stragglers } from './stragglers.ts';

/** For a process to become another program. */
const RECHECK_MS = 5;

export type { SignalOutcome };

export interface SignalOrder {
  readonly pid: number;
  readonly signal: number;
  readonly group: boolean;
}

export type ChildrenContext = Omit<AftermathContext, 'descendants'> & DescendantsContext;

/** A program, by its id and its name in the log. */
export interface Owner {
  readonly id: string;
  readonly name: string;
}

/** Who owns which pid: living programs, and those whom a program left in a stop. */
export class Children {
  readonly #native: Pick<Native, 'kill'>;
  readonly #log: Log;
  readonly #descendants: Descendants;
  /** By the program that they come from, which is being stopped and has ended. */
  readonly #stragglers = new Map<string, Stragglers>();
  /** Last signal of a stop to a program that has not ended yet. */
  readonly #orders = new Map<string, SignalOrder>();
  #mayHaveChanged = false;
  /** For those whom no stop has ended. */
  readonly aftermath: Aftermath;

  constructor(context: ChildrenContext) {
    this.#native = context.native;
    this.#log = context.log;
    this.#descendants = new Descendants(context);
    this.aftermath = new Aftermath({ ...context, descendants: this.#descendants });
  }

  add(pid: number, id: string): void {
    this.#descendants.add(pid, id);
  }

  /** The owner of a pid that has been reaped; undefined for an orphan. */
  take(pid: number): string | undefined {
    const id = this.#descendants.take(pid);
    if (id === undefined && this.#stragglers.size > 0) this.#mayHaveChanged = true;
    return id;
  }

  /** A program has ended by itself: whoever it leaves stays, and is its own to stop some time. */
  leave(id: string): void {
    this.#orders.delete(id);
    this.#mayHaveChanged = true;
  }

  /** A program has ended in a stop: whether descendants of it are left; these are watched from now on. */
  watchDescendants({ id, name }: Owner, pid: number): boolean {
    const order = this.#orders.get(id);
    this.#orders.delete(id);
    const context = { native: this.#native, log: this.#log, descendants: this.#descendants };
    const groupSignal = order?.group === true ? order.signal : null;
    const left = new Stragglers(context, { owner: id, name: `what '${name}' left behind`, group: pid, groupSignal });
    if (!left.areThere()) {
      this.#descendants.forgetTree(id);
      return false;
    }
    this.#stragglers.set(id, left);
    // Of the others the program was to take care, so they have had none so far.
    if (groupSignal !== null) left.tellOthers(groupSignal);
    return true;
  }

  /** Owners whose descendants are all gone by now; each is told once. */
  takeGone(): string[] {
    // Who cannot be told yet can be soon.
    if (!this.#mayHaveChanged && !this.#descendants.isUnsure) return [];
    this.#mayHaveChanged = false;
    this.#descendants.look();
    const gone = [...this.#stragglers].filter(([, left]) => !left.settle()).map(([id]) => id);
    for (const id of gone) this.#forget(id);
    return gone;
  }

  /** When it has to be asked again who is gone, though nobody may have ended; null: there is no need. */
  recheckAt(now: MonotonicMs): MonotonicMs | null {
    return this.#descendants.isUnsure ? now + RECHECK_MS : null;
  }

  /** Programs are about to have signals of a stop: who hangs on each is looked up while it is there. */
  prepareStop(orders: readonly { readonly id: string; readonly pid: number }[]): void {
    const first = orders.filter(({ id }) => !this.#orders.has(id) && !this.#stragglers.has(id));
    if (first.length > 0) this.#descendants.remember(new Map(first.map(({ id, pid }) => [pid, id])));
  }

  /** A signal of a stop: to the program, or to all whom it left. */
  signal(owner: Owner, order: SignalOrder): SignalOutcome {
    const left = this.#stragglers.get(owner.id);
    if (left !== undefined) return this.#conclude(owner.id, left.tell(order.signal));
    this.#orders.set(owner.id, order);
    return this.send(owner.name, order);
  }

  /** A signal to a living program. `name` is for the log. */
  send(name: string, { pid, signal, group }: SignalOrder): SignalOutcome {
    const errno = sendSignal(this.#native, { pid, group }, signal);
    if (errno === '') return { kind: 'sent' };
    if (errno !== 'ESRCH') return { kind: 'failed', errno };
    // SIGCHLD is on its way and will tell.
    const why = '[Errno 3] No such process';
    this.#log('debug', `unable to signal ${name} (pid ${pid}), it probably just exited on its own: ${why}`);
    return { kind: 'sent' };
  }

  /** Kills by name whom a program left. */
  sweep({ id }: Owner): SignalOutcome {
    const left = this.#stragglers.get(id);
    return left === undefined ? { kind: 'groupGone' } : this.#conclude(id, left.kill());
  }

  /** The stop is over once nobody is left, or nobody who can be signalled. */
  #conclude(id: string, outcome: SignalOutcome): SignalOutcome {
    if (outcome.kind !== 'sent') this.#forget(id);
    return outcome;
  }

  #forget(id: string): void {
    this.#stragglers.delete(id);
    this.#descendants.forgetTree(id);
  }
}
