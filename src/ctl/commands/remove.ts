import { RpcFault } from '../../client/errors.ts';
import { FAULT_CODES } from '../../model/faults.ts';
import { type Command, splitWords } from '../command.ts';
import type { Controller } from '../controller.ts';

async function removeOne(ctl: Controller, name: string): Promise<void> {
  try {
    await ctl.server.removeProcessGroup(name);
    ctl.print(`${name}: removed process group`);
  } catch (error) {
    if (!(error instanceof RpcFault)) throw error;
    if (error.code === FAULT_CODES.STILL_RUNNING) ctl.fail(`ERROR: process/group still running: ${name}`);
    else if (error.code === FAULT_CODES.BAD_NAME) ctl.fail(`ERROR: no such process/group: ${name}`);
    else throw error;
  }
}

export const removeCommand: Command = {
  name: 'remove',
  args: 'groups',
  help: 'remove <name> [...]\tRemoves process/group from active config',
  async run(ctl, arg) {
    for (const name of splitWords(arg)) await removeOne(ctl, name);
  },
};
