import { FAULT_CODES } from '../../model/faults.ts';
import { runBulk } from '../bulk.ts';
import { type Command, splitWords } from '../command.ts';
import { EXIT } from '../exit-codes.ts';
import { START_WORDING } from '../results.ts';
import { upcheck } from '../upcheck.ts';

const HELP = `start <name>\t\tStart a process
start <gname>:*\t\tStart all processes in a group
start <name> <name>\tStart multiple processes or groups
start all\t\tStart all processes`;

export const startCommand: Command = {
  name: 'start',
  args: 'processes',
  help: HELP,
  async run(ctl, arg) {
    if (!(await upcheck(ctl))) return;
    const names = splitWords(arg);
    if (names.length === 0) {
      ctl.fail('Error: start requires a process name', EXIT.invalidArguments);
      ctl.print(HELP);
      return;
    }
    await runBulk(ctl, names, {
      wording: START_WORDING,
      ignored: FAULT_CODES.ALREADY_STARTED,
      unknownGroup: EXIT.invalidArguments,
      all: () => ctl.server.startAllProcesses(),
      group: (name) => ctl.server.startProcessGroup(name),
      one: (name) => ctl.server.startProcess(name),
    });
  },
};
