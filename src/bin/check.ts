import { renderProblem } from '../config/problem.ts';
import { renderResolved } from '../config/render-resolved.ts';
import { createConfigSource } from '../os/config-source.ts';
import { loadNativeOrExit, ownEnvironment } from './native.ts';
import { configPath, readFlags, readResult, USAGE_STATUS } from './read-config.ts';

/**
 * `initvisor check`: says everything that is wrong with a configuration and runs nothing. Exits 2 on an error.
 * `--print` shows the programs as they would run.
 */
export function runCheck(words: readonly string[]): void {
  const flags = readFlags(words.filter((word) => word !== '--print'));
  const native = loadNativeOrExit();
  const uid = process.getuid?.() ?? 0;
  const source = createConfigSource(native, { env: ownEnvironment(), cwd: process.cwd(), uid });
  const path = configPath(source, flags);
  const result = readResult(source, path, flags);
  const problems = result.ok ? result.warnings : result.problems;
  for (const problem of problems) process.stderr.write(`${renderProblem(problem)}\n`);
  if (result.ok) {
    for (const { level, text } of result.config.messages) process.stderr.write(`${path}: ${level}: ${text}\n`);
    if (words.includes('--print')) process.stdout.write(renderResolved(result.config));
    const programs = result.config.groups.flatMap(({ processes }) => processes).length;
    process.stderr.write(`${path}: ok, ${programs} ${programs === 1 ? 'process' : 'processes'}\n`);
  } else process.exitCode = USAGE_STATUS;
}
