import { Cron } from 'croner';
import { pythonQuote as quote } from '../model/python-quote.ts';
import type { TextType } from './option.ts';
import { strip, ValueError } from './python-text.ts';

/** Five fields, or six with seconds first, or a name such as `@daily`; times are those of TZ. */
function createCron(expression: string): Cron {
  return new Cron(expression, { paused: true, mode: '5-or-6-parts' });
}

/** A cron expression that has a next time at all. */
export const cronExpression: TextType<string> = {
  name: 'cron expression',
  parse: (value) => {
    const expression = strip(value);
    let next: number | null;
    try {
      next = nextCronTime(expression, 0);
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      throw new ValueError(`not a cron expression: ${quote(value)}: ${reason}`);
    }
    if (next === null) throw new ValueError(`cron expression ${quote(value)} never comes due`);
    return expression;
  },
};

/** The first time after `wallMs` (milliseconds since the epoch) that an expression names; null when there is none. */
export function nextCronTime(expression: string, wallMs: number): number | null {
  // biome-ignore lint/style/noRestrictedGlobals: the form in which the library takes a time that came in as an argument
  return createCron(expression).nextRun(new Date(wallMs))?.getTime() ?? null;
}
