import { type Command, splitWords } from '../command.ts';
import { tailStream } from '../follow.ts';
import { DEFAULT_TAIL_BYTES, offsetOf, parseModifier } from '../log-words.ts';
import { printLog } from '../read-log.ts';
import { upcheck } from '../upcheck.ts';

// The empty line at its end is upstream's.
const HELP = `maintail -f \tContinuous tail of supervisor main log file (Ctrl-C to exit)
maintail -100\tlast 100 *bytes* of supervisord main log file
maintail\tlast 1600 *bytes* of supervisor main log file
`;

export const maintailCommand: Command = {
  name: 'maintail',
  args: 'other',
  help: HELP,
  async run(ctl, arg) {
    if (!(await upcheck(ctl))) return;
    const [word, ...more] = splitWords(arg);
    if (more.length > 0) {
      ctl.fail('Error: too many arguments');
      ctl.print(HELP);
      return;
    }
    const modifier = word === undefined ? DEFAULT_TAIL_BYTES : word.startsWith('-') ? parseModifier(word) : null;
    if (modifier === null) ctl.fail(`Error: bad argument ${word}`);
    else if (modifier === 'f') await tailStream(ctl, '/mainlogtail');
    else await printLog(ctl, 'supervisord', () => ctl.server.readLog(offsetOf(modifier), 0));
  },
};
