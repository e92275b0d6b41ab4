import { runBulk } from '../bulk.ts';
import { type Command, splitWords } from '../command.ts';
import { EXIT } from '../exit-codes.ts';
import { SIGNAL_WORDING } from '../results.ts';
import { upcheck } from '../upcheck.ts';

const HELP = `signal <signal name> <name>\t\tSignal a process
signal <signal name> <gname>:*\t\tSignal all processes in a group
signal <signal name> <name> <name>\tSignal multiple processes or groups
signal <signal name> all\t\tSignal all processes`;

export const signalCommand: Command = {
  name: 'signal',
  args: 'processes',
  help: HELP,
  async run(ctl, arg) {
    if (!(await upcheck(ctl))) return;
    const [signal, ...names] = splitWords(arg);
    if (signal === undefined || names.length === 0) {
      ctl.fail('Error: signal requires a signal name and a process name');
      ctl.print(HELP);
      return;
    }
    await runBulk(ctl, names, {
      wording: SIGNAL_WORDING,
      ignored: null,
      unknownGroup: EXIT.generic,
      all: () => ctl.server.signalAllProcesses(signal),
      group: (name) => ctl.server.signalProcessGroup(name, signal),
      one: (name) => ctl.server.signalProcess(name, signal),
    });
  },
};
