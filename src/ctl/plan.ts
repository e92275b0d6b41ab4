import { joinNamespec, splitNamespec } from '../model/namespec.ts';
import { withAdditions } from './additions.ts';
import type { Controller } from './controller.ts';

/** `web` for `web:web`, as everywhere. */
function shortName(id: string): string {
  const { group, process = '*' } = splitNamespec(id);
  return joinNamespec(group, process);
}

/** Prints what `update` would do, one process a line, and does nothing. */
export function printPlan(ctl: Controller): Promise<void> {
  return withAdditions(ctl, 'update --plan', async () => {
    const plan = await ctl.additions.plan();
    for (const { name, what, options } of plan)
      ctl.print(`${shortName(name)}: ${what}${options.length > 0 ? ` (${options.join(', ')})` : ''}`);
    if (plan.length === 0) ctl.print('Nothing would change');
  });
}
