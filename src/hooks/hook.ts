import { EventQueue } from '../core/event-queue.ts';
import type { EventDescription } from '../events/describe-event.ts';
import type { Log } from '../model/log-level.ts';
import { type Deliver, DeliveryError } from './delivery.ts';

const FIRST_WAIT_MS = 1000;
const LONGEST_WAIT_MS = 60_000;

export interface HookOptions {
  readonly name: string;
  readonly timeoutMs: number;
  /** Tries after the first. */
  readonly retries: number;
  /** Events that wait at most. */
  readonly bufferSize: number;
  readonly deliver: Deliver;
  readonly log: Log;
  /** Runs `task` once, so many milliseconds from now; the returned function takes that back. */
  readonly after: (delayMs: number, task: () => void) => () => void;
}

/** Sends events to one place, one at a time and in order; what it cannot send costs nobody else anything. */
export class Hook {
  readonly #options: HookOptions;
  readonly #queue: EventQueue<EventDescription>;
  /** Aborts what is under way, and is its own again after each try. */
  #try = new AbortController();
  #endWait: () => void = () => undefined;
  #dropped = 0;
  #work: Promise<void> | null = null;
  /** Open, on the way out without another wait, or closed. */
  #phase: 'open' | 'draining' | 'closed' = 'open';

  constructor(options: HookOptions) {
    this.#options = options;
    this.#queue = new EventQueue(options.bufferSize);
  }

  /** Never waits and never throws. */
  push(event: EventDescription): void {
    if (this.#phase === 'closed') return;
    if (this.#queue.add(event) !== undefined) this.#countDropped();
    this.#work ??= this.#deliverAll();
  }

  /** Settles when nothing is left; who waits for its next try has it now, and no other. */
  async drain(): Promise<void> {
    if (this.#phase === 'open') this.#phase = 'draining';
    this.#endWait();
    await this.#work;
  }

  /** Gives up all that waits, and the try that is under way. */
  close(): void {
    const { name, log } = this.#options;
    const count = this.#queue.length + (this.#work === null ? 0 : 1);
    if (count > 0) log('error', `hook '${name}' ends with ${count} ${count === 1 ? 'event' : 'events'} not delivered`);
    this.#phase = 'closed';
    this.#try.abort();
    this.#endWait();
  }

  #countDropped(): void {
    const { name, bufferSize, log } = this.#options;
    if (this.#dropped === 0) log('warn', `hook '${name}' is ${bufferSize} events behind: the oldest are dropped`);
    this.#dropped += 1;
  }

  #reportDropped(): void {
    if (this.#dropped > 0) this.#options.log('warn', `hook '${this.#options.name}' dropped ${this.#dropped} events`);
    this.#dropped = 0;
  }

  async #deliverAll(): Promise<void> {
    for (let event = this.#queue.take(); event !== undefined; event = this.#queue.take()) {
      if (this.#phase === 'closed') break;
      await this.#deliver(event);
    }
    if (this.#phase !== 'closed') this.#reportDropped();
    this.#work = null;
  }

  async #deliver(event: EventDescription): Promise<void> {
    const { name, retries, log } = this.#options;
    const what = `${event.event} (serial ${event.serial})`;
    for (let tries = 1; ; tries++) {
      const failure = await this.#tryOnce(event);
      if (failure === null) {
        log('debug', `hook '${name}' delivered ${what}`);
        return;
      }
      // Its end has been told already.
      if (this.#phase === 'closed') return;
      const reason = `hook '${name}' cannot deliver ${what}: ${failure.message}`;
      // On the way out there is no time for more than one try.
      if (tries > retries || !failure.isPassing || this.#phase === 'draining') {
        log('error', `${reason}; given up after ${tries} ${tries === 1 ? 'try' : 'tries'}`);
        return;
      }
      log('debug', `${reason}; try ${tries}`);
      await this.#wait(Math.min(FIRST_WAIT_MS * 2 ** (tries - 1), LONGEST_WAIT_MS));
    }
  }

  /** Null: it went well. */
  async #tryOnce(event: EventDescription): Promise<DeliveryError | null> {
    const { deliver, after, timeoutMs } = this.#options;
    const controller = new AbortController();
    this.#try = controller;
    let isLate = false;
    const disarm = after(timeoutMs, () => {
      isLate = true;
      controller.abort();
    });
    try {
      await deliver(event, controller.signal);
      return null;
    } catch (error) {
      if (isLate) return new DeliveryError(`not done within ${timeoutMs / 1000} s`);
      return error instanceof DeliveryError ? error : new DeliveryError(String(error));
    } finally {
      disarm();
    }
  }

  #wait(delayMs: number): Promise<void> {
    if (this.#phase !== 'open') return Promise.resolve();
    return new Promise((resolve) => {
      const disarm = this.#options.after(delayMs, resolve);
      this.#endWait = () => {
        disarm();
        resolve();
      };
    });
  }
}
