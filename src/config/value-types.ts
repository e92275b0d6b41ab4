import { LOG_LEVELS, type LogLevel } from '../model/log-level.ts';
import { pythonQuote as quote } from '../model/python-quote.ts';
import { SIGNAL_NUMBERS, signalByName } from '../model/signals.ts';
import { parseEnvironment } from './environment.ts';
import type { TextType, ValueType } from './option.ts';
import { parseDecimal, parseOctal, strip, ValueError } from './python-text.ts';

/** Source: Python int(). */
function requireInteger(text: string): number {
  const value = parseDecimal(text);
  if (value === null) throw new ValueError(`invalid literal for int() with base 10: ${quote(text)}`);
  return value;
}

export const text: ValueType<string> = { name: 'text', parse: (value) => value };

export const integer: TextType<number> = { name: 'integer', parse: requireInteger };

const WORDS: Readonly<Record<string, boolean>> = {
  yes: true,
  true: true,
  on: true,
  '1': true,
  no: false,
  false: false,
  off: false,
  '0': false,
};

function lookupWord(value: string): boolean | undefined {
  const word = value.toLowerCase();
  return Object.hasOwn(WORDS, word) ? WORDS[word] : undefined;
}

export const boolean: ValueType<boolean> = {
  name: 'boolean',
  parse: (value) => {
    const word = lookupWord(value);
    if (word === undefined) throw new ValueError(`not a valid boolean value: ${quote(value)}`);
    return word;
  },
};

/** How programs' output shows on the container's stdout and stderr, besides any log file. */
export type ConsoleMode = 'off' | 'raw' | 'prefix' | 'json';

const CONSOLE_MODES: readonly ConsoleMode[] = ['off', 'raw', 'prefix', 'json'];

export const consoleMode: TextType<ConsoleMode> = {
  name: '`off`, `raw`, `prefix` or `json`',
  parse: (value) => {
    const mode = CONSOLE_MODES.find((known) => known === value.toLowerCase());
    if (mode === undefined) throw new ValueError(`not off, raw, prefix or json: ${quote(value)}`);
    return mode;
  },
};

/** 1 or more. */
export const positiveInteger: TextType<number> = {
  name: 'positive integer',
  parse: (value) => {
    const number = parseDecimal(value);
    if (number === null || number < 1) throw new ValueError(`not a whole number from 1 on: ${quote(value)}`);
    return number;
  },
};

const MULTIPLIERS: Readonly<Record<string, number>> = { kb: 1024, mb: 1024 ** 2, gb: 1024 ** 3 };

/** Bytes; KB, MB and GB are powers of 1024. */
export const byteSize: TextType<number> = {
  name: 'byte size',
  parse: (value) => {
    const lower = value.toLowerCase();
    const multiplier = MULTIPLIERS[lower.slice(-2)];
    return multiplier === undefined ? requireInteger(lower) : requireInteger(lower.slice(0, -2)) * multiplier;
  },
};

/** Bytes, more than 0. */
export const positiveByteSize: TextType<number> = {
  name: 'byte size',
  parse: (value) => {
    const match = /^(\d{1,12})(kb|mb|gb)?$/i.exec(strip(value));
    const bytes = Number(match?.[1] ?? 0) * (MULTIPLIERS[match?.[2]?.toLowerCase() ?? ''] ?? 1);
    if (bytes === 0) throw new ValueError(`not a size above 0, such as 512MB or 1GB: ${quote(value)}`);
    return bytes;
  },
};

export const octal: TextType<number> = {
  name: 'octal number',
  parse: (value) => {
    const number = parseOctal(value);
    if (number === null) throw new ValueError(`${value} can not be converted to an octal type`);
    return number;
  },
};

/** Another type whose every error has one text. */
export function withError<T>(type: ValueType<T>, render: (value: string) => string): ValueType<T> {
  return {
    name: type.name,
    parse: (value, source) => {
      try {
        return type.parse(value, source);
      } catch (error) {
        if (!(error instanceof ValueError)) throw error;
        throw new ValueError(render(value));
      }
    },
  };
}

const SIGNALS: ReadonlySet<number> = new Set(Object.values(SIGNAL_NUMBERS));

/** Signal number; 0 is accepted, as upstream, where it is SIG_DFL's value. */
export const signal: TextType<number> = {
  name: 'signal',
  parse: (value) => {
    const number = parseDecimal(value) ?? signalByName(strip(value));
    if (number === undefined) throw new ValueError(`value ${quote(value)} is not a valid signal name`);
    if (number !== 0 && !SIGNALS.has(number)) {
      throw new ValueError(`value ${quote(value)} is not a valid signal number`);
    }
    return number;
  },
};

/** Splits at commas; empty elements stay. */
export function splitList(value: string): readonly string[] {
  return value === '' ? [] : value.split(',').map(strip);
}

export const list: ValueType<readonly string[]> = { name: 'list', parse: splitList };

export const exitCodes: ValueType<readonly number[]> = {
  name: 'list of exit codes',
  parse: (value) => {
    const codes = splitList(value).map(parseDecimal);
    const valid = codes.filter((code) => code !== null && code >= 0 && code <= 255);
    if (valid.length < codes.length) throw new ValueError(`not a valid list of exit codes: ${quote(value)}`);
    return valid.filter((code) => code !== null);
  },
};

export const autorestart: ValueType<'true' | 'false' | 'unexpected'> = {
  name: 'boolean or `unexpected`',
  parse: (value) => {
    const lower = value.toLowerCase();
    if (lower === 'unexpected') return lower;
    const word = lookupWord(lower);
    if (word === undefined) throw new ValueError(`invalid 'autorestart' value ${quote(lower)}`);
    return word ? 'true' : 'false';
  },
};

const isLogLevel = (value: string): value is LogLevel => Object.hasOwn(LOG_LEVELS, value);

export const logLevel: TextType<LogLevel> = {
  name: 'log level',
  parse: (value) => {
    const lower = value.toLowerCase();
    if (!isLogLevel(lower)) throw new ValueError(`bad logging level name ${quote(value)}`);
    return lower;
  },
};

export const environment: ValueType<Readonly<Record<string, string>>> = {
  name: 'list of `NAME="value"`',
  parse: parseEnvironment,
};

/** Null for what is no number of seconds, whole or with a fraction. */
export function readSeconds(value: string): number | null {
  return /^\d{1,9}(\.\d{1,9})?$/.test(strip(value)) ? Number(strip(value)) : null;
}

/** Seconds, more than 0; a fraction is allowed. */
export const seconds: ValueType<number> = {
  name: 'number of seconds',
  parse: (value) => {
    const number = readSeconds(value);
    if (number === null || number === 0) {
      throw new ValueError(`not a number of seconds above 0, such as 10 or 0.5: ${quote(value)}`);
    }
    return number;
  },
};

/** How many processes; `auto` is one for each CPU that the container may use. */
export const processCount: ValueType<number> = {
  name: 'integer or `auto`',
  parse: (value, source) => (value.toLowerCase() === 'auto' ? source.cpus : requireInteger(value)),
};

/** Null for AUTO. */
export const serverUrl: ValueType<string | null> = {
  name: 'URL or `AUTO`',
  parse: (value) => (strip(value).toUpperCase() === 'AUTO' ? null : value),
};

/** 1 to 65535. Source: supervisor/datatypes.py port_number. */
export function parsePort(value: string): number {
  const port = parseDecimal(value);
  if (port === null) throw new ValueError(`invalid literal for int() with base 10: ${quote(value)}`);
  if (port < 1) throw new ValueError(`${port} is below lower bound (1)`);
  if (port > 65535) throw new ValueError(`${port} is above upper bound (65535)`);
  return port;
}

/** Program, group and process names must not break listeners' headers or URLs. Source: process_or_group_name. */
export function parseName(value: string): string {
  const name = strip(value);
  // What stands in a `%(…)` is not part of the name yet.
  const literal = name.replace(/%\([^)]*\)/g, '');
  const bad = [' ', ':', '/'].find((character) => literal.includes(character));
  if (bad !== undefined) throw new ValueError(`Invalid name: ${quote(value)} because of character: ${quote(bad)}`);
  return name;
}
