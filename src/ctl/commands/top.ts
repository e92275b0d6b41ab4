import { withAdditions } from '../additions.ts';
import { type Command, splitWords } from '../command.ts';
import type { Controller } from '../controller.ts';
import { renderUsage } from '../render-usage.ts';
import { upcheck } from '../upcheck.ts';

const HELP = `top\t\t\tShow CPU and memory of each process with all that it started, anew each second on a terminal
top -n <count>\t\tShow it so many times`;

const INTERVAL_MS = 1000;
/** The first look only makes the beginning of the time that the next one is about. */
const FIRST_INTERVAL_MS = 500;
// Cursor to the corner, and all below it cleared.
const CLEAR = '\x1b[H\x1b[J';

/** Null for a wrong one; Infinity where nobody says and a terminal shows it. */
function parseCount(words: readonly string[], isTerminal: boolean): number | null {
  const [flag, count = ''] = words;
  if (flag === undefined) return isTerminal ? Infinity : 1;
  if (flag !== '-n' || words.length !== 2 || !/^[1-9]\d{0,8}$/.test(count)) return null;
  return Number(count);
}

async function show(ctl: Controller, count: number, isTerminal: boolean): Promise<void> {
  const abort = new AbortController();
  const release = ctl.host.onInterrupt(() => abort.abort());
  const isLive = isTerminal && count > 1;
  try {
    await ctl.additions.usage();
    await ctl.host.sleep(FIRST_INTERVAL_MS, abort.signal);
    for (let shown = 0; shown < count && !abort.signal.aborted; shown++) {
      if (shown > 0) await ctl.host.sleep(INTERVAL_MS, abort.signal);
      if (abort.signal.aborted) return;
      const lines = renderUsage(await ctl.additions.usage());
      const before = isLive ? CLEAR : shown > 0 ? '\n' : '';
      ctl.print(before + lines.join('\n'));
    }
  } finally {
    release();
  }
}

export const topCommand: Command = {
  name: 'top',
  args: 'other',
  help: HELP,
  async run(ctl, arg) {
    const isTerminal = await ctl.host.isTerminal();
    const count = parseCount(splitWords(arg), isTerminal);
    if (count === null) {
      ctl.fail('Error: top takes -n and a number, nothing else');
      ctl.print(HELP);
      return;
    }
    if (!(await upcheck(ctl))) return;
    await withAdditions(ctl, 'top', () => show(ctl, count, isTerminal));
  },
};
