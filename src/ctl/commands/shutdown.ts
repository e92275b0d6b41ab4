import { RpcFault } from '../../client/errors.ts';
import { FAULT_CODES } from '../../model/faults.ts';
import { type Command, refuseArguments } from '../command.ts';
import { confirm } from '../confirm.ts';
import type { Controller } from '../controller.ts';
import { systemErrorCode } from '../generic-error.ts';

const GONE: Readonly<Record<string, string>> = { ECONNREFUSED: 'refused connection', ENOENT: 'no such file' };

function explain(ctl: Controller, error: unknown): void {
  const gone = GONE[systemErrorCode(error) ?? ''];
  if (gone !== undefined) ctl.fail(`ERROR: ${ctl.serverurl} ${gone} (already shut down?)`);
  // What was asked for is under way: no failure.
  else if (error instanceof RpcFault && error.code === FAULT_CODES.SHUTDOWN_STATE)
    ctl.print('ERROR: already shutting down');
  else throw error;
}

export const shutdownCommand: Command = {
  name: 'shutdown',
  args: 'none',
  help: 'shutdown \tShut the remote supervisord down.',
  async run(ctl, arg) {
    if (refuseArguments(ctl, shutdownCommand, arg)) return;
    if (!(await confirm(ctl, 'Really shut the remote supervisord process down y/N? '))) return;
    try {
      await ctl.server.shutdown();
      ctl.print('Shut down');
    } catch (error) {
      explain(ctl, error);
    }
  },
};
