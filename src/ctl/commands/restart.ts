import { type Command, splitWords } from '../command.ts';
import { restartRolling } from '../rolling.ts';
import { upcheck } from '../upcheck.ts';
import { startCommand } from './start.ts';
import { stopCommand } from './stop.ts';

const HELP = `restart <name>\t\tRestart a process
restart <gname>:*\tRestart all processes in a group
restart <name> <name>\tRestart multiple processes or groups
restart all\t\tRestart all processes
Note: restart does not reread config files. For that, see reread and update.`;

const ROLLING = '--rolling';

export const restartCommand: Command = {
  name: 'restart',
  args: 'processes',
  help: HELP,
  async run(ctl, arg) {
    if (!(await upcheck(ctl))) return;
    const names = splitWords(arg);
    const unknown = names.find((name) => name.startsWith('--') && name !== ROLLING);
    // Upstream takes it for a name and goes on; whoever mistypes --rolling would restart everything at once.
    if (unknown !== undefined) {
      ctl.fail(`Error: restart knows no option ${unknown}, only ${ROLLING}`);
      ctl.print(HELP);
      return;
    }
    if (names.every((name) => name === ROLLING)) {
      ctl.fail('Error: restart requires a process name');
      ctl.print(HELP);
      return;
    }
    if (names.includes(ROLLING)) {
      await restartRolling(
        ctl,
        names.filter((name) => name !== ROLLING),
      );
      return;
    }
    await stopCommand.run(ctl, arg);
    await startCommand.run(ctl, arg);
  },
};
