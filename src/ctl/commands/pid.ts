import { RpcFault } from '../../client/errors.ts';
import { FAULT_CODES } from '../../model/faults.ts';
import { type Command, splitWords } from '../command.ts';
import type { Controller } from '../controller.ts';
import { EXIT } from '../exit-codes.ts';
import { upcheck } from '../upcheck.ts';

const HELP = `pid\t\t\tGet the PID of supervisord.
pid <name>\t\tGet the PID of a single child process by name.
pid all\t\t\tGet the PID of every child process, one per line.`;

async function printPid(ctl: Controller, name: string): Promise<void> {
  try {
    const { pid } = await ctl.server.getProcessInfo(name);
    ctl.print(String(pid));
    if (pid === 0) ctl.exitStatus = EXIT.notRunning;
  } catch (error) {
    if (!(error instanceof RpcFault) || error.code !== FAULT_CODES.BAD_NAME) throw error;
    ctl.fail(`No such process ${name}`);
  }
}

export const pidCommand: Command = {
  name: 'pid',
  args: 'processes',
  help: HELP,
  async run(ctl, arg) {
    if (!(await upcheck(ctl))) return;
    const names = splitWords(arg);
    if (names.length === 0) ctl.print(String(await ctl.server.getPID()));
    else if (names.includes('all')) for (const { pid } of await ctl.server.getAllProcessInfo()) ctl.print(String(pid));
    else for (const name of names) await printPid(ctl, name);
  },
};
