import { assemble } from './assemble.ts';
import { checkNames } from './check.ts';
import type { Config } from './config.ts';
import { readDaemonSection, readOverrides } from './daemon.ts';
import { ConfigDocument } from './document.ts';
import type { DaemonFlags } from './flags.ts';
import { readIncludes, readInto } from './includes.ts';
import { type Load, startLoad } from './load.ts';
import { absolutePath, directoryOf } from './paths.ts';
import { type Problem, ProblemLog } from './problem.ts';
import type { ConfigSource } from './source.ts';

export interface LoadOptions {
  /** As given or found; it stands like this in messages. */
  readonly path: string;
  readonly flags: DaemonFlags;
  /** Sections and options that nobody knows are errors. */
  readonly strict: boolean;
  /** In place of what these sections say. */
  readonly numprocs?: ReadonlyMap<string, number>;
  /** One more look at a configuration that is right, which may add warnings. */
  readonly inspect?: (load: Load, config: Config) => void;
}

export type LoadResult =
  | { readonly ok: true; readonly config: Config; readonly warnings: readonly Problem[] }
  | {
      readonly ok: false;
      /** Every error and warning, by file and line. */
      readonly problems: readonly Problem[];
      /** Supervisor's own message for the first error. */
      readonly fatal: string;
    };

/** False, and a problem, when there is nothing to go on with. */
function readRoot(load: Load, path: string): boolean {
  const fail = (text: string) => load.problems.error({ file: path, line: 0, section: '', key: null }, text);
  if (!load.source.exists(path)) {
    fail(`could not find config file ${path}`);
    return false;
  }
  try {
    readInto(load, path);
  } catch (error) {
    if (!(error instanceof Error) || !('code' in error)) throw error;
    fail(`could not read config file ${path}`);
    return false;
  }
  // Nothing of a file without headers or with broken text was read: what it lacks would only be noise.
  return load.problems.fatal === null || load.document.sections.size > 0;
}

function deepFreeze(value: unknown): void {
  if (typeof value !== 'object' || value === null || Object.isFrozen(value)) return;
  Object.freeze(value);
  for (const part of Object.values(value)) deepFreeze(part);
}

function failure(load: Load, path: string, fatal: string): LoadResult {
  return { ok: false, problems: load.problems.sorted(['', path, ...load.document.files]), fatal };
}

/** Reads a configuration with everything it includes. Every problem is found, not only the first. */
export function loadConfig(source: ConfigSource, options: LoadOptions): LoadResult {
  const { path, flags, strict } = options;
  const load = startLoad({
    source,
    document: new ConfigDocument(),
    problems: new ProblemLog(),
    messages: [],
    here: absolutePath(directoryOf(path), source.cwd),
  });
  const overrides = readOverrides(load, flags);
  if (!readRoot(load, path)) return failure(load, path, load.problems.fatal ?? '');
  readIncludes(load);
  for (const [section, count] of options.numprocs ?? []) load.document.set(section, 'numprocs', String(count));
  const daemon = readDaemonSection(load, overrides, path);
  const config = daemon === null ? null : assemble(load, daemon, path, flags);
  checkNames(load.document, load.problems, strict);
  const { fatal } = load.problems;
  if (config === null || fatal !== null) return failure(load, path, fatal ?? '');
  deepFreeze(config);
  options.inspect?.(load, config);
  return { ok: true, config, warnings: load.problems.sorted([path, ...load.document.files]) };
}
