import { FAULT_CODES } from '../../model/faults.ts';
import { runBulk } from '../bulk.ts';
import { type Command, splitWords } from '../command.ts';
import { EXIT } from '../exit-codes.ts';
import { STOP_WORDING } from '../results.ts';
import { upcheck } from '../upcheck.ts';

const HELP = `stop <name>\t\tStop a process
stop <gname>:*\t\tStop all processes in a group
stop <name> <name>\tStop multiple processes or groups
stop all\t\tStop all processes`;

export const stopCommand: Command = {
  name: 'stop',
  args: 'processes',
  help: HELP,
  async run(ctl, arg) {
    if (!(await upcheck(ctl))) return;
    const names = splitWords(arg);
    if (names.length === 0) {
      ctl.fail('Error: stop requires a process name');
      ctl.print(HELP);
      return;
    }
    await runBulk(ctl, names, {
      wording: STOP_WORDING,
      ignored: FAULT_CODES.NOT_RUNNING,
      unknownGroup: EXIT.generic,
      all: () => ctl.server.stopAllProcesses(),
      group: (name) => ctl.server.stopProcessGroup(name),
      one: (name) => ctl.server.stopProcess(name),
    });
  },
};
