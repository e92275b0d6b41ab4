import { pythonQuote } from '../../model/python-quote.ts';
import { type Command, splitWords } from '../command.ts';
import type { Controller } from '../controller.ts';
import { tailStream } from '../follow.ts';
import { DEFAULT_TAIL_BYTES, offsetOf, parseModifier, type TailModifier } from '../log-words.ts';
import { printLog } from '../read-log.ts';
import { upcheck } from '../upcheck.ts';

const HELP = `tail [-f] <name> [stdout|stderr] (default stdout)
Ex:
tail -f <name>\t\tContinuous tail of named process stdout
\t\t\tCtrl-C to exit.
tail -100 <name>\tlast 100 *bytes* of process stdout
tail <name> stderr\tlast 1600 *bytes* of process stderr`;

interface TailRequest {
  readonly name: string;
  readonly channel: 'stdout' | 'stderr';
  readonly modifier: TailModifier;
}

/** Gives the mistake as text. */
function parseTail(words: readonly string[]): TailRequest | string {
  const [modifier, rest] = words[0]?.startsWith('-') ? [words[0], words.slice(1)] : [null, words];
  const [name] = rest;
  if (name === undefined) return 'Error: tail requires process name';
  const channel = rest.length === 1 ? 'stdout' : (rest.at(-1) ?? '').toLowerCase();
  if (channel !== 'stdout' && channel !== 'stderr') return `Error: bad channel ${pythonQuote(channel)}`;
  const parsed = modifier === null ? DEFAULT_TAIL_BYTES : parseModifier(modifier);
  return parsed === null ? `Error: bad argument ${modifier}` : { name, channel, modifier: parsed };
}

async function runTail(ctl: Controller, request: TailRequest): Promise<void> {
  const { name, channel, modifier } = request;
  if (modifier === 'f') {
    await tailStream(ctl, `/logtail/${name}/${channel}`);
    return;
  }
  const offset = offsetOf(modifier ?? DEFAULT_TAIL_BYTES);
  await printLog(ctl, name, () =>
    channel === 'stdout'
      ? ctl.server.readProcessStdoutLog(name, offset, 0)
      : ctl.server.readProcessStderrLog(name, offset, 0),
  );
}

export const tailCommand: Command = {
  name: 'tail',
  args: 'processes',
  help: HELP,
  async run(ctl, arg) {
    if (!(await upcheck(ctl))) return;
    const words = splitWords(arg);
    if (words.length < 1 || words.length > 3) {
      ctl.fail(`Error: too ${words.length < 1 ? 'few' : 'many'} arguments`);
      ctl.print(HELP);
      return;
    }
    const request = parseTail(words);
    if (typeof request === 'string') ctl.fail(request);
    else await runTail(ctl, request);
  },
};
