import { RpcFault } from '../../client/errors.ts';
import { FAULT_CODES } from '../../model/faults.ts';
import { type Command, splitWords } from '../command.ts';
import type { Controller } from '../controller.ts';

async function addOne(ctl: Controller, name: string): Promise<void> {
  try {
    await ctl.server.addProcessGroup(name);
    ctl.print(`${name}: added process group`);
  } catch (error) {
    if (!(error instanceof RpcFault)) throw error;
    // What is there already is what was asked for: no failure.
    if (error.code === FAULT_CODES.ALREADY_ADDED) ctl.print('ERROR: process group already active');
    else if (error.code === FAULT_CODES.SHUTDOWN_STATE) ctl.fail('ERROR: shutting down');
    else if (error.code === FAULT_CODES.BAD_NAME) ctl.fail(`ERROR: no such process/group: ${name}`);
    else throw error;
  }
}

export const addCommand: Command = {
  name: 'add',
  args: 'groups',
  help: 'add <name> [...]\tActivates any updates in config for process/group',
  async run(ctl, arg) {
    for (const name of splitWords(arg)) await addOne(ctl, name);
  },
};
