import type { Clock } from '../model/clock.ts';
import type { DeadlineTimer } from '../os/clock.ts';

/** Bytes of answers after which the heap has grown for them; a client that looks every few seconds stays below. */
const WORTH_IT_BYTES = 16 * 1024 * 1024;
/** Milliseconds without another such amount. */
const QUIET_MS = 5_000;

export interface MemoryReturnOptions {
  readonly clock: Pick<Clock, 'monotonicMs'>;
  readonly createTimer: (onDue: () => void) => DeadlineTimer;
  /** Collects garbage and gives pages back. */
  readonly giveBack: () => void;
}

/** Has memory given back once many answers have been sent: V8 keeps what it grew by, however quiet it is after. */
export class MemoryReturn {
  readonly #options: MemoryReturnOptions;
  readonly #timer: DeadlineTimer;
  #bytes = 0;
  #isDue = false;

  constructor(options: MemoryReturnOptions) {
    this.#options = options;
    this.#timer = options.createTimer(() => this.#look());
  }

  /** So many bytes of an answer were sent. */
  sent(bytes: number): void {
    this.#bytes += bytes;
    if (this.#isDue || this.#bytes < WORTH_IT_BYTES) return;
    this.#isDue = true;
    this.#wait();
  }

  #wait(): void {
    this.#bytes = 0;
    this.#timer.set(this.#options.clock.monotonicMs() + QUIET_MS);
  }

  #look(): void {
    // Under load it would be needed again at once.
    if (this.#bytes >= WORTH_IT_BYTES) {
      this.#wait();
      return;
    }
    this.#isDue = false;
    this.#bytes = 0;
    this.#options.giveBack();
  }
}
