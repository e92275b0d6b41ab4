import { RpcFault } from '../../client/errors.ts';
import type { ConfigChanges } from '../../client/supervisor-api.ts';
import { FAULT_CODES } from '../../model/faults.ts';
import { type Command, refuseArguments } from '../command.ts';

function renderChanges({ added, changed, removed }: ConfigChanges): string[] {
  // A name in two lists counts for the later one, as upstream.
  const words = new Map<string, string>();
  for (const name of added) words.set(name, 'available');
  for (const name of changed) words.set(name, 'changed');
  for (const name of removed) words.set(name, 'disappeared');
  if (words.size === 0) return ['No config updates to processes'];
  return [...words].sort(([a], [b]) => (a < b ? -1 : 1)).map(([name, word]) => `${name}: ${word}`);
}

export const rereadCommand: Command = {
  name: 'reread',
  args: 'none',
  help: "reread \t\t\tReload the daemon's configuration files without add/remove",
  async run(ctl, arg) {
    if (refuseArguments(ctl, rereadCommand, arg)) return;
    try {
      for (const line of renderChanges(await ctl.server.reloadConfig())) ctl.print(line);
    } catch (error) {
      if (!(error instanceof RpcFault)) throw error;
      if (error.code === FAULT_CODES.SHUTDOWN_STATE) ctl.fail('ERROR: supervisor shutting down');
      else if (error.code === FAULT_CODES.CANT_REREAD) ctl.fail(`ERROR: ${error.faultString}`);
      else throw error;
    }
  },
};
