import { findConfigFile, renderNotFound } from '../config/find.ts';
import { type DaemonFlags, parseDaemonFlags, renderDaemonFlags } from '../config/flags.ts';
import { type LoadResult, loadConfig } from '../config/parse.ts';
import { renderPlacedText, renderProblem } from '../config/problem.ts';
import type { ConfigSource } from '../config/source.ts';
import { programName } from './own-name.ts';
import { VERSION } from './version.ts';

export const USAGE_STATUS = 2;

/** Supervisor's way to say that the command line or the configuration is wrong; ends the process with 2. */
export function failUsage(message: string): never {
  process.stderr.write(`Error: ${message}\nFor help, use ${process.argv[1] ?? 'initvisor'} -h\n`);
  process.exit(USAGE_STATUS);
}

/** For a command without its `--`, or flags of tini's before it. */
function hintAtInitMode(error: string): string {
  const isCommand = /^option -\w not recognized|^positional arguments/.test(error);
  return isCommand && programName() === 'initvisor'
    ? '\nTo run one command as an init, use initvisor [flags] -- COMMAND ARG…'
    : '';
}

/** Flags of the command line; help, version and mistakes end the process. */
export function readFlags(words: readonly string[]): DaemonFlags {
  const parsed = parseDaemonFlags(words);
  if (!parsed.ok) failUsage(parsed.error + hintAtInitMode(parsed.error));
  if (parsed.flags.action === 'run') return parsed.flags;
  process.stdout.write(parsed.flags.action === 'version' ? `${VERSION}\n` : renderHelp());
  process.exit(0);
}

/** Path of the configuration file, given or found; none ends the process. */
export function configPath(source: ConfigSource, flags: DaemonFlags): string {
  if (flags.configuration !== null) return flags.configuration;
  const found = findConfigFile(source, process.argv[1] ?? 'initvisor');
  if (!found.found) failUsage(renderNotFound(found.searched));
  return found.path;
}

/** Reads a configuration; `numprocs` in place of what sections say. */
export function readResult(
  source: ConfigSource,
  path: string,
  flags: DaemonFlags,
  numprocs: ReadonlyMap<string, number> = new Map(),
): LoadResult {
  return loadConfig(source, { path, flags, strict: flags.strict, numprocs });
}

/** Reads a configuration, all its problems told on stderr; an error ends the process. */
export function readConfigOrExit(
  source: ConfigSource,
  path: string,
  flags: DaemonFlags,
): Extract<LoadResult, { ok: true }> {
  const result = readResult(source, path, flags);
  if (result.ok) return result;
  // A problem with the file as a whole is said once, by the last line.
  for (const problem of result.problems.filter(({ line }) => line > 0))
    process.stderr.write(`${renderProblem(problem)}\n`);
  return failUsage(result.fatal);
}

/** Problems as lines of the main log, which shows their severity itself. */
export function problemLines(result: LoadResult): { level: 'error' | 'warn'; text: string }[] {
  const problems = result.ok ? result.warnings : result.problems;
  return problems.map((problem) => ({
    level: problem.severity === 'error' ? 'error' : 'warn',
    text: renderPlacedText(problem),
  }));
}

function renderHelp(): string {
  return [
    'Usage: initvisor [options]                  run the programs of a configuration, in the foreground',
    '       initvisor [flags] -- COMMAND ARG…    run one command as tini does; `initvisor -h --` lists the flags',
    '       initvisor check [options]            say what is wrong with a configuration; --print shows its programs,',
    '                                            --plan the order of start and stop and how long a stop may take',
    '       initvisor sample-config              print a documented configuration',
    '',
    'Options:',
    renderDaemonFlags(),
    '',
  ].join('\n');
}
