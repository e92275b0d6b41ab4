import { withAdditions } from '../additions.ts';
import type { Command } from '../command.ts';
import { upcheck } from '../upcheck.ts';

const HELP = 'scale <name>=<number>\tGive a program another number of processes until the configuration is read again';

export const scaleCommand: Command = {
  name: 'scale',
  args: 'other',
  help: HELP,
  async run(ctl, arg) {
    if (!(await upcheck(ctl))) return;
    const [, program, number] = /^([^\s=]+)=(\d{1,6})$/.exec(arg) ?? [];
    if (program === undefined || number === undefined) {
      ctl.fail('Error: scale requires a program name and a number of processes');
      ctl.print(HELP);
      return;
    }
    await withAdditions(ctl, 'scale', async () => {
      await ctl.additions.scale(program, Number(number));
      ctl.print(`${program}: scaled to ${Number(number)}`);
    });
  },
};
