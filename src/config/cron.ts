import { Cron } from 'croner';
import { pythonQuote as quote } from '../model/python-quote.ts';
import type { TextType } from './option.ts';
import { strip, ValueError } from './python-text.ts';
import { suggestName } from './suggest.ts';

const NAMES = ['@yearly', '@annually', '@monthly', '@weekly', '@daily', '@midnight', '@hourly'];
const FORMS = 'write five fields (minute hour day month weekday), six with seconds first, or a name such as @daily';

/** Five fields, or six with seconds first, or a name such as `@daily`; times are those of TZ. */
function createCron(expression: string): Cron {
  return new Cron(expression, { paused: true, mode: '5-or-6-parts' });
}

/** What is wrong with an expression as a whole; null: its fields have to be looked at. */
function problemOf(expression: string): string | null {
  if (expression.startsWith('@')) {
    if (NAMES.includes(expression.toLowerCase())) return null;
    const near = suggestName(expression, NAMES);
    return near === null ? `there are only ${NAMES.join(', ')}` : `did you mean '${near}'?`;
  }
  const count = expression.split(/\s+/).length;
  return count === 5 || count === 6 ? null : FORMS;
}

/** A cron expression that has a next time at all. */
export const cronExpression: TextType<string> = {
  name: 'cron expression',
  parse: (value) => {
    const expression = strip(value);
    const problem = problemOf(expression);
    if (problem !== null) throw new ValueError(`not a cron expression: ${quote(value)}; ${problem}`);
    let next: number | null;
    try {
      next = nextCronTime(expression, 0);
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      throw new ValueError(`not a cron expression: ${quote(value)}: ${reason.replace(/^CronPattern: /, '')}`);
    }
    if (next === null) throw new ValueError(`cron expression ${quote(value)} never comes due: there is no such day`);
    return expression;
  },
};

/** The first time after `wallMs` (milliseconds since the epoch) that an expression names; null when there is none. */
export function nextCronTime(expression: string, wallMs: number): number | null {
  // biome-ignore lint/style/noRestrictedGlobals: the form in which the library takes a time that came in as an argument
  return createCron(expression).nextRun(new Date(wallMs))?.getTime() ?? null;
}
