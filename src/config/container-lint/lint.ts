import type { Config } from '../config.ts';
import type { ConfigDocument } from '../document.ts';
import type { Load } from '../load.ts';
import type { Place } from '../problem.ts';
import { BACKGROUND } from './background.ts';
import { analyseCommand } from './command.ts';
import { UNSPLITTABLE } from './commands.ts';
import type { Found, Lint, LintContext, LintedProgram, LintTools } from './finding.ts';
import * as settings from './settings.ts';
import * as shells from './shells.ts';

/** All that is looked for. What is found are never errors: each is something that a file may well mean. */
const LINTS: readonly Lint[] = [
  ...UNSPLITTABLE,
  BACKGROUND,
  shells.SHELL_WITHOUT_EXEC,
  shells.SHELL_WITHOUT_GROUP,
  shells.OPERATOR_WITHOUT_SHELL,
  shells.IGNORED_STOP,
  settings.ENDLESS_RESTARTS,
  settings.USER_WITHOUT_HOME,
  settings.DETACHES,
  settings.OPEN_SERVER,
  settings.ROTATED_OUTPUT,
  settings.STOP_BUDGET,
];

function placeIn(document: ConfigDocument, name: string, key: string): Place {
  const section = document.sections.get(name);
  const { file, line } = (section && (document.lookup(section, key) ?? section)) ?? { file: '', line: 0 };
  return { file, line, section: name, key };
}

/** Processes of one section differ by their number only. */
function linted({ config, splitCommand }: LintContext): readonly LintedProgram[] {
  const bySection = new Map<string, LintedProgram>();
  for (const { processes } of config.groups) {
    for (const process of processes) {
      if (bySection.has(process.section)) continue;
      const command = analyseCommand(process.command, splitCommand);
      bySection.set(process.section, { process, command });
    }
  }
  return [...bySection.values()];
}

/** Tells what goes wrong in containers, among the other problems of a configuration that is right in itself. */
export function lintForContainer({ document, problems, source }: Load, config: Config, tools: LintTools): void {
  const context: LintContext = { ...tools, config, document, source };
  const tell = (section: string, key: string, found: NonNullable<Found>) => {
    const place = placeIn(document, section, key);
    if (typeof found === 'string') problems.warning(place, found);
    else problems.note(place, found.note);
  };
  const programs = linted(context);
  for (const lint of LINTS) {
    if ('find' in lint) {
      for (const { section, key, found } of lint.find(context)) tell(section, key, found);
    } else {
      for (const program of programs) {
        const found = lint.findInProgram(program, context);
        if (found !== null) tell(program.process.section, lint.key, found);
      }
    }
  }
}
