import type { ProcessInfo } from '../../client/supervisor-api.ts';
import { type Command, splitWords } from '../command.ts';
import type { Controller } from '../controller.ts';
import { STATUS_EXIT } from '../exit-codes.ts';
import { renderStatus } from '../format.ts';
import { selectProcesses } from '../select.ts';
import { STOPPED_CODES } from '../stopped-codes.ts';
import { upcheck } from '../upcheck.ts';

const HELP = `status <name>\t\tGet status for a single process
status <gname>:*\tGet status for all processes in a group
status <name> <name>\tGet status for multiple named processes
status\t\t\tGet all process status info`;

const JSON_FLAG = '--json';

/** All processes, null when there is no server for it. One call where the server is ours, three where it is Supervisor's. */
async function readAll(ctl: Controller): Promise<readonly ProcessInfo[] | null> {
  try {
    return await ctl.additions.processes();
  } catch {
    // Whatever is wrong with the server or the way to it, the calls that every server knows tell it in upstream's words.
    return (await upcheck(ctl)) ? ctl.server.getAllProcessInfo() : null;
  }
}

/** With `--json` standard output is JSON and nothing else. */
export const statusCommand: Command = {
  name: 'status',
  args: 'processes',
  help: HELP,
  async run(ctl, arg) {
    const words = splitWords(arg);
    const json = words.includes(JSON_FLAG);
    const names = words.filter((word) => word !== JSON_FLAG);
    const all = await readAll(ctl);
    if (all === null) {
      ctl.exitStatus = STATUS_EXIT.unknown;
      return;
    }
    const { infos, unknown } = selectProcesses(all, names);
    for (const line of unknown) json ? ctl.host.writeError(`${line}\n`) : ctl.print(line);
    if (unknown.length > 0) ctl.exitStatus = STATUS_EXIT.unknown;
    if (json) ctl.print(JSON.stringify(infos, null, 2));
    else if (infos.length > 0) ctl.print(renderStatus(infos).join('\n'));
    if (infos.some(({ state }) => STOPPED_CODES.has(state))) ctl.exitStatus = STATUS_EXIT.notRunning;
  },
};
