import { runWithin } from '../os/time-limit.ts';
import { Lines } from './lines.ts';

/** One line may hold everything else up for so long. */
const LINE_LIMIT_MS = 50;
/** Of lines that take longer than that. */
const MOST_SLOW_LINES = 10;

export type OutputChannel = 'stdout' | 'stderr';

export interface LogLineMatcher {
  /** Takes output as it comes. True from the first whole line on that matches; nothing is looked at after it. */
  feed(channel: OutputChannel, data: Buffer): boolean;
}

const noLines = (): Readonly<Record<OutputChannel, Lines>> => ({ stdout: new Lines(), stderr: new Lines() });

class PatternMatcher implements LogLineMatcher {
  readonly #pattern: RegExp;
  readonly #onGivenUp: (reason: string) => void;
  #lines = noLines();
  #slowLines = 0;
  #isDone = false;
  #isMatched = false;

  constructor(pattern: string, onGivenUp: (reason: string) => void) {
    this.#pattern = new RegExp(pattern);
    this.#onGivenUp = onGivenUp;
  }

  feed(channel: OutputChannel, data: Buffer): boolean {
    if (this.#isDone) return this.#isMatched;
    try {
      this.#look(this.#lines[channel].take(data));
    } catch (error) {
      // Whether an expression is too large shows only in its use. The message repeats it before it comes to the point.
      this.#giveUp(error instanceof Error ? error.message.slice(error.message.lastIndexOf(': ') + 2) : String(error));
    }
    return this.#isMatched;
  }

  /** All in one go, as setting a limit takes longer than most lines do; what is cut off goes on where it was. */
  #look(lines: readonly string[]): void {
    let at = 0;
    let cutOffAt = -1;
    const look = (): void => {
      for (; at < lines.length; at++) {
        if (!this.#pattern.test(lines[at] ?? '')) continue;
        this.#isMatched = true;
        return;
      }
    };
    while (!this.#isDone && !runWithin(LINE_LIMIT_MS, look)) {
      // The first time it may only have been its turn, or this process may have been kept from running.
      if (at === cutOffAt) this.#skipSlow(() => at++);
      cutOffAt = at;
    }
    if (this.#isMatched) this.#finish();
  }

  #skipSlow(skip: () => void): void {
    skip();
    this.#slowLines += 1;
    if (this.#slowLines >= MOST_SLOW_LINES) this.#giveUp('it takes too long');
  }

  #giveUp(reason: string): void {
    this.#finish();
    this.#onGivenUp(reason);
  }

  #finish(): void {
    this.#isDone = true;
    this.#lines = noLines();
  }
}

/**
 * Looks for a line of a program's output that matches a regular expression of JavaScript. Of a line the first 64 KiB are
 * looked at; bytes that are not UTF-8 match as U+FFFD. A line that takes longer than 50 ms twice does not match: some
 * expressions would take years. After ten such lines the expression is given up and nothing matches any more.
 * @throws SyntaxError
 */
export function createLogLineMatcher(
  pattern: string,
  onGivenUp: (reason: string) => void = () => undefined,
): LogLineMatcher {
  return new PatternMatcher(pattern, onGivenUp);
}
