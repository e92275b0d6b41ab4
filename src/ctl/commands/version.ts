import { type Command, refuseArguments } from '../command.ts';
import { upcheck } from '../upcheck.ts';

export const versionCommand: Command = {
  name: 'version',
  args: 'none',
  help: 'version\t\t\tShow the version of the remote supervisord process',
  async run(ctl, arg) {
    if (refuseArguments(ctl, versionCommand, arg) || !(await upcheck(ctl))) return;
    ctl.print(await ctl.server.getSupervisorVersion());
  },
};
