import { CONDITIONS, type DependencyCondition, type WrittenDependency } from '../model/dependency.ts';
import { pythonQuote as quote } from '../model/python-quote.ts';
import type { TextType } from './option.ts';
import { parseDecimal, strip, ValueError } from './python-text.ts';
import { didYouMean } from './suggest.ts';
import { readSeconds, signal, splitList } from './value-types.ts';

/** Seconds; 0 and fractions are allowed. */
export const duration: TextType<number> = {
  name: 'number of seconds',
  parse: (value) => {
    const seconds = readSeconds(value);
    if (seconds === null) throw new ValueError(`not a number of seconds such as 10 or 0.5: ${quote(value)}`);
    return seconds;
  },
};

/** One of a few words. */
export function oneOf<T extends string>(...words: readonly T[]): TextType<T> {
  const last = words.at(-1);
  const names = (mark: string) =>
    `${words
      .slice(0, -1)
      .map((word) => `${mark}${word}${mark}`)
      .join(', ')} or ${mark}${last}${mark}`;
  return {
    name: names('`'),
    parse: (value) => {
      const written = strip(value).toLowerCase();
      const known = words.find((word) => word === written);
      if (known === undefined) {
        const short = written.length > 1 ? words.find((word) => word.startsWith(written)) : undefined;
        throw new ValueError(`not ${names('')}: ${quote(value)}${didYouMean(short ?? written, words)}`);
      }
      return known;
    },
  };
}

const conditionOf = (word: string): DependencyCondition | null =>
  CONDITIONS.find((known) => known === word.toLowerCase()) ?? null;

function parseDependency(written: string): WrittenDependency {
  const parts = written.split(':').map(strip);
  const condition = parts.length > 1 ? conditionOf(parts.at(-1) ?? '') : null;
  const name = (condition === null ? parts : parts.slice(0, -1)).join(':');
  const expected = `NAME or NAME:${CONDITIONS.join('|')}`;
  if (/[\s;]/.test(name)) throw new ValueError(`not ${expected}, with a comma before the next: ${quote(written)}`);
  if (parts.some((part) => part === '') || parts.length > 3 || (parts.length === 3 && condition === null)) {
    throw new ValueError(`not ${expected}: ${quote(written)}`);
  }
  return { name, condition };
}

/** Which names there are is known only once all sections are read. */
export const dependencies: TextType<readonly WrittenDependency[]> = {
  name: 'list of `NAME` or `NAME:CONDITION`',
  parse: (value) =>
    splitList(value)
      .filter((written) => written !== '')
      .map(parseDependency),
};

/** A signal of a stop, and the milliseconds until the next one; null: stopwaitsecs. */
export interface StopStep {
  readonly signal: number;
  readonly waitMs: number | null;
}

function parseStopStep(word: string, value: string): StopStep {
  const [name = '', seconds, ...rest] = word.split(':');
  if (rest.length > 0 || word.includes(',')) {
    throw new ValueError(`value ${quote(value)} is not a list such as TERM:10 INT:5 KILL, with blanks between`);
  }
  return {
    signal: signal.parse(name),
    waitMs: seconds === undefined ? null : duration.parse(seconds) * 1000,
  };
}

/** One signal as upstream takes it, or several with the seconds between them: `TERM:10 INT:5 KILL`. */
export const stopSteps: TextType<readonly StopStep[]> = {
  name: 'signal, or list of `SIGNAL:SECONDS`',
  parse: (value) => {
    const words = strip(value).split(/\s+/);
    if (words.length === 1 && !value.includes(':')) return [{ signal: signal.parse(value), waitMs: null }];
    const steps = words.map((word) => parseStopStep(word, value));
    const unbounded = steps.slice(0, -1).some(({ waitMs }) => waitMs === null);
    if (unbounded)
      throw new ValueError(`value ${quote(value)} needs seconds after each signal but the last: TERM:10 INT:5 KILL`);
    return steps;
  },
};

/** More ends than `count` within `windowMs` are too many. */
export interface RestartLimit {
  readonly count: number;
  readonly windowMs: number;
}

export const restartLimit: TextType<RestartLimit> = {
  name: '`COUNT/SECONDS`',
  parse: (value) => {
    const match = /^(\d{1,6})\s*\/\s*(\d{1,9}(?:\.\d{1,3})?)\s*(s|m|h)?$/.exec(strip(value));
    const unitMs = { s: 1000, m: 60_000, h: 3_600_000 }[match?.[3] ?? 's'] ?? 1000;
    const limit = { count: parseDecimal(match?.[1] ?? '') ?? 0, windowMs: Number(match?.[2] ?? 0) * unitMs };
    if (limit.count < 1 || limit.windowMs <= 0) throw new ValueError(`not a limit such as 5/60s: ${quote(value)}`);
    return limit;
  },
};
