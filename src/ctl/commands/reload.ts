import { RpcFault } from '../../client/errors.ts';
import { FAULT_CODES } from '../../model/faults.ts';
import { type Command, refuseArguments } from '../command.ts';
import { confirm } from '../confirm.ts';

export const reloadCommand: Command = {
  name: 'reload',
  args: 'none',
  help: 'reload \t\tRestart the remote supervisord.',
  async run(ctl, arg) {
    if (refuseArguments(ctl, reloadCommand, arg)) return;
    if (!(await confirm(ctl, 'Really restart the remote supervisord process y/N? '))) return;
    try {
      await ctl.server.restart();
      ctl.print('Restarted supervisord');
    } catch (error) {
      if (!(error instanceof RpcFault) || error.code !== FAULT_CODES.SHUTDOWN_STATE) throw error;
      ctl.fail('ERROR: already shutting down');
    }
  },
};
