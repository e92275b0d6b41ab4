import { RpcFault } from '../../client/errors.ts';
import { FAULT_CODES } from '../../model/faults.ts';
import { type Command, refuseArguments } from '../command.ts';
import { renderAvailable } from '../format.ts';

export const availCommand: Command = {
  name: 'avail',
  args: 'none',
  help: 'avail\t\t\tDisplay all configured processes',
  async run(ctl, arg) {
    if (refuseArguments(ctl, availCommand, arg)) return;
    try {
      for (const info of await ctl.server.getAllConfigInfo()) ctl.print(renderAvailable(info));
    } catch (error) {
      if (!(error instanceof RpcFault) || error.code !== FAULT_CODES.SHUTDOWN_STATE) throw error;
      ctl.fail('ERROR: supervisor shutting down');
    }
  },
};
