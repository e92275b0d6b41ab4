import { forEachName, withAdditions } from '../additions.ts';
import { type Command, splitWords } from '../command.ts';
import type { Controller } from '../controller.ts';
import { upcheck } from '../upcheck.ts';

const HELP = `wait <name>:running [--timeout <seconds>]\tWait until a process runs (default 30 seconds)
wait <name>:ready\t\t\t\tWait until it is ready, as its ready_check or health_check tells
wait <name>:healthy\t\t\t\tWait until its health_check succeeds
wait <name>:completed\t\t\t\tWait until it has ended with success
wait <name>:stopped\t\t\t\tWait until it has stopped
wait <name>:exited\t\t\t\tWait until it has ended by itself`;

const DEFAULT_TIMEOUT_S = 30;
const MAX_TIMEOUT_S = 86_400 * 24;

/** What may come after the last colon; anything else there is part of the name. */
const CONDITIONS: ReadonlySet<string> = new Set([
  'started',
  'running',
  'ready',
  'completed',
  'healthy',
  'stopped',
  'exited',
]);

interface Wanted {
  readonly name: string;
  readonly condition: string;
}

function parseWanted(word: string): Wanted {
  const colon = word.lastIndexOf(':');
  const condition = word.slice(colon + 1);
  if (colon < 0 || !CONDITIONS.has(condition)) return { name: word, condition: 'running' };
  return { name: word.slice(0, colon), condition };
}

/** An unknown condition is taken for a part of the name. */
function renderUnknown({ name }: Wanted): string {
  const hint = name.includes(':') ? `; conditions are ${[...CONDITIONS].join(', ')}` : '';
  return `${name}: ERROR (no such process${hint})`;
}

/** Takes `--timeout 30` and `--timeout=30` out of the words; null for a wrong one. */
function takeTimeout(words: readonly string[]): { readonly timeout: number; readonly rest: readonly string[] } | null {
  const at = words.findIndex((word) => word === '--timeout' || word.startsWith('--timeout='));
  if (at < 0) return { timeout: DEFAULT_TIMEOUT_S, rest: words };
  const attached = words[at]?.split('=')[1];
  const text = attached ?? words[at + 1] ?? '';
  if (!/^\d+$/.test(text) || Number(text) > MAX_TIMEOUT_S) return null;
  return {
    timeout: Number(text),
    rest: words.filter((_word, i) => i !== at && (attached !== undefined || i !== at + 1)),
  };
}

async function waitForOne(ctl: Controller, { name, condition }: Wanted, timeout: number): Promise<void> {
  const met = await ctl.additions.wait(name, condition, timeout);
  if (met) ctl.print(`${name}: ${condition}`);
  else ctl.fail(`${name}: ERROR (not ${condition} within ${timeout} s)`);
}

export const waitCommand: Command = {
  name: 'wait',
  args: 'processes',
  help: HELP,
  async run(ctl, arg) {
    if (!(await upcheck(ctl))) return;
    const parsed = takeTimeout(splitWords(arg));
    if (parsed === null || parsed.rest.length === 0) {
      ctl.fail(
        parsed === null ? 'Error: --timeout requires a number of seconds' : 'Error: wait requires a process name',
      );
      ctl.print(HELP);
      return;
    }
    await withAdditions(ctl, 'wait', () =>
      forEachName(ctl, parsed.rest.map(parseWanted), renderUnknown, (wanted) =>
        waitForOne(ctl, wanted, parsed.timeout),
      ),
    );
  },
};
