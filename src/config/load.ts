import type { LogMessage } from '../model/log-level.ts';
import { pythonQuote as quote } from '../model/python-quote.ts';
import type { ConfigDocument, RawSection } from './document.ts';
import { expand, type Scope, withEnv, withNames } from './expand.ts';
import type { Option, Schema, Values } from './option.ts';
import type { Place, ProblemLog } from './problem.ts';
import { ValueError } from './python-text.ts';
import type { ConfigSource } from './source.ts';

/** One reading of a configuration: what every part of it needs. */
export interface Load {
  readonly source: ConfigSource;
  readonly document: ConfigDocument;
  readonly problems: ProblemLog;
  readonly messages: LogMessage[];
  /** Directory of the root file, absolute. */
  readonly here: string;
  /** Names good everywhere: `cpus` and the environment. */
  readonly base: Scope;
  /** The same with `here`. */
  readonly hereScope: Scope;
}

/** One section being read: its scope, and whether Supervisor adds section and file to the errors found there. */
export interface Reading {
  readonly load: Load;
  readonly section: RawSection;
  readonly scope: Scope;
  readonly suffix: boolean;
}

function scoped(start: Omit<Load, 'base' | 'hereScope'>, base: Scope): Load {
  return { ...start, base, hereScope: withNames(base, { here: start.here }) };
}

/** Begins a reading in the environment that it finds. */
export function startLoad(start: Omit<Load, 'base' | 'hereScope'>): Load {
  return scoped(start, { names: { cpus: start.source.cpus }, env: [start.source.env] });
}

/** The same reading with [supervisord]'s own variables, which every section after it may use as `ENV_`. */
export function withDaemonEnvironment(load: Load, environment: Readonly<Record<string, string>>): Load {
  return scoped(load, withEnv(load.base, environment));
}

/** Where an option stands, or its section when it is not set. */
export function placeOf(reading: Reading, key: string | null): Place {
  const { load, section } = reading;
  const option = key === null ? undefined : load.document.lookup(section, key);
  return { file: option?.file ?? section.file, line: option?.line ?? section.line, section: section.name, key };
}

export function reportError(reading: Reading, key: string | null, text: string): void {
  const { load, section, suffix } = reading;
  const tail = suffix ? ` in section ${quote(section.name)} (file: ${quote(section.file)})` : '';
  load.problems.error(placeOf(reading, key), text, text + tail);
}

/** Runs a step; a value that is refused becomes a problem at the option, and the fallback takes its place. */
export function attempt<T>(reading: Reading, key: string | null, step: () => T, fallback: () => T): T {
  try {
    return step();
  } catch (error) {
    if (!(error instanceof ValueError)) throw error;
    reportError(reading, key, error.message);
    return fallback();
  }
}

/** Reads one option; a wrong one is reported and counts as absent. */
export function readOption<T>(reading: Reading, key: string, option: Option<T>): T {
  const { load, section, scope } = reading;
  const absent = () => option.absent(load.source);
  const raw = load.document.lookup(section, key);
  if (raw === undefined) return absent();
  const label = `${section.name}.${key}`;
  const read = () => {
    const text = option.expand === 'none' ? raw.value : expand(raw.value, scope, label);
    return option.type.parse(text, load.source);
  };
  return attempt(reading, key, read, absent);
}

/** Reads every option of a schema, in its order. */
export function readOptions<S extends Schema>(reading: Reading, schema: S): Values<S> {
  const values: Record<string, unknown> = {};
  for (const [key, option] of Object.entries(schema)) values[key] = readOption(reading, key, option);
  // The loop gives each key what its own option parses: exactly what Values says, which the compiler cannot follow.
  return values as Values<S>;
}
