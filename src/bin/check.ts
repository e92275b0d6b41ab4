import type { Config } from '../config/config.ts';
import { lintForContainer } from '../config/container-lint/lint.ts';
import type { Load } from '../config/load.ts';
import { loadConfig } from '../config/parse.ts';
import { renderProblem } from '../config/problem.ts';
import { renderResolved } from '../config/render-resolved.ts';
import { ownDescriptor } from '../logging/own-descriptor.ts';
import { splitCommand } from '../os/command-words.ts';
import { createConfigSource } from '../os/config-source.ts';
import { loadNativeOrExit, ownEnvironment } from './native.ts';
import { findOverspending } from './overspending.ts';
import { renderPlan } from './plan.ts';
import { configPath, readFlags, USAGE_STATUS } from './read-config.ts';

const OWN_FLAGS = ['--print', '--plan'];

const isOwnOutput = (path: string) => ownDescriptor(path) !== null;

/**
 * `initvisor check`: says everything that is wrong with a configuration, and what goes wrong in containers, and runs
 * nothing. Exits 2 on an error. `--print` shows the programs as they would run, `--plan` when they start and stop.
 */
export function runCheck(words: readonly string[]): void {
  const flags = readFlags(words.filter((word) => !OWN_FLAGS.includes(word)));
  const native = loadNativeOrExit();
  const uid = process.getuid?.() ?? 0;
  const source = createConfigSource(native, { env: ownEnvironment(), cwd: process.cwd(), uid });
  const path = configPath(source, flags);
  const tools = { splitCommand, isOwnOutput, findOverspending };
  const inspect = (load: Load, config: Config) => lintForContainer(load, config, tools);
  const result = loadConfig(source, { path, flags, strict: flags.strict, inspect });
  const problems = result.ok ? result.warnings : result.problems;
  for (const problem of problems) process.stderr.write(`${renderProblem(problem)}\n`);
  if (!result.ok) {
    process.exitCode = USAGE_STATUS;
    return;
  }
  const { config } = result;
  for (const { level, text } of config.messages) process.stderr.write(`${path}: ${level}: ${text}\n`);
  if (words.includes('--print')) process.stdout.write(renderResolved(config));
  if (words.includes('--plan')) process.stdout.write(renderPlan(config));
  const programs = config.groups.flatMap(({ processes }) => processes).length;
  process.stderr.write(`${path}: ok, ${programs} ${programs === 1 ? 'process' : 'processes'}\n`);
}
