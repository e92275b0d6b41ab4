import type { Lint, LintContext } from './finding.ts';

function problemOf(command: string | null, { splitCommand }: LintContext): string | null {
  const result = splitCommand(command ?? '');
  return 'problem' in result ? `cannot be split into words: ${result.problem}; close the quotes` : null;
}

/** Commands that no shell and no splitter understands: they would fail at each start. */
export const UNSPLITTABLE: readonly Lint[] = [
  { key: 'command', findInProgram: ({ process }, context) => problemOf(process.command, context) },
  { key: 'pre_start', findInProgram: ({ process }, context) => problemOf(process.pre_start, context) },
  { key: 'post_stop', findInProgram: ({ process }, context) => problemOf(process.post_stop, context) },
  ...(['ready_check', 'health_check'] as const).map(
    (key): Lint => ({
      key,
      findInProgram: ({ process }, context) => {
        const probe = process[key];
        return probe?.kind === 'exec' ? problemOf(probe.command, context) : null;
      },
    }),
  ),
];
