import { findOverspending } from '../../../src/bin/overspending.ts';
import type { Config } from '../../../src/config/config.ts';
import { lintForContainer } from '../../../src/config/container-lint/lint.ts';
import { loadConfig } from '../../../src/config/parse.ts';
import { renderProblem } from '../../../src/config/problem.ts';
import type { ConfigSource } from '../../../src/config/source.ts';
import { ownDescriptor } from '../../../src/logging/own-descriptor.ts';
import { splitCommand } from '../../../src/os/command-words.ts';
import { memorySource, NO_FLAGS } from '../sources.ts';

const TOOLS = { splitCommand, isOwnOutput: (path: string) => ownDescriptor(path) !== null, findOverspending };

/** What `check` says of a configuration that is right, each as `line: severity: [section] option: text`. */
export function findingsOf(source: ConfigSource, path: string): readonly string[] {
  const inspect = (load: Parameters<typeof lintForContainer>[0], config: Config) =>
    lintForContainer(load, config, TOOLS);
  const result = loadConfig(source, { path, flags: NO_FLAGS, strict: false, inspect });
  if (!result.ok) throw new Error(result.problems.map(renderProblem).join('\n'));
  return result.warnings
    .map((problem) => renderProblem({ ...problem, file: '' }))
    .map((text, at) => {
      const { line } = result.warnings[at] ?? { line: 0 };
      return `${line}: ${text}`;
    });
}

export interface Surroundings {
  /** Files by path that are there besides the configuration. */
  readonly files?: Readonly<Record<string, string>>;
  readonly uid?: number;
}

/** The same for a text in memory; [supervisord] is put after it where it has none. */
export function findingsIn(text: string, { files = {}, uid = 0 }: Surroundings = {}): readonly string[] {
  const whole = text.includes('[supervisord]') ? text : `${text}\n[supervisord]\n`;
  return findingsOf(
    memorySource({ ...files, '/etc/s.conf': whole }, { uid, directories: ['/home/app'] }),
    '/etc/s.conf',
  );
}

/** What is said of one command. */
export function saidOf(command: string, options = '', surroundings: Surroundings = {}): string | null {
  const found = findingsIn(`[program:x]\ncommand=${command}\n${options}\n`, surroundings);
  if (found.length > 1) throw new Error(found.join('\n'));
  return found[0]?.replace(/^2: warning: \[program:x\] command: /, '') ?? null;
}
