import { runBulk } from '../bulk.ts';
import { type Command, splitWords } from '../command.ts';
import { EXIT } from '../exit-codes.ts';
import { CLEAR_WORDING } from '../results.ts';
import { upcheck } from '../upcheck.ts';

const HELP = `clear <name>\t\tClear a process' log files.
clear <name> <name>\tClear multiple process' log files
clear all\t\tClear all process' log files`;

export const clearCommand: Command = {
  name: 'clear',
  args: 'processes',
  help: HELP,
  async run(ctl, arg) {
    if (!(await upcheck(ctl))) return;
    const names = splitWords(arg);
    if (names.length === 0) {
      ctl.fail('Error: clear requires a process name');
      ctl.print(HELP);
      return;
    }
    await runBulk(ctl, names, {
      wording: CLEAR_WORDING,
      ignored: null,
      unknownGroup: EXIT.generic,
      all: () => ctl.server.clearAllProcessLogs(),
      // The protocol has no such request.
      group: null,
      one: (name) => ctl.server.clearProcessLogs(name),
    });
  },
};
