import { RpcFault } from '../../client/errors.ts';
import type { ConfigChanges } from '../../client/supervisor-api.ts';
import { FAULT_CODES } from '../../model/faults.ts';
import { type Command, splitWords } from '../command.ts';
import type { Controller } from '../controller.ts';
import { printPlan } from '../plan.ts';

const HELP = `update\t\t\tReload config and add/remove as necessary, and will restart affected programs
update all\t\tReload config and add/remove as necessary, and will restart affected programs
update <gname> [...]\tUpdate specific groups`;

const PLAN = '--plan';

/** Null when the daemon is on its way out. */
async function reread(ctl: Controller): Promise<ConfigChanges | null> {
  try {
    return await ctl.server.reloadConfig();
  } catch (error) {
    if (!(error instanceof RpcFault) || error.code !== FAULT_CODES.SHUTDOWN_STATE) throw error;
    ctl.fail('ERROR: already shutting down');
    return null;
  }
}

async function checkNames(ctl: Controller, names: ReadonlySet<string>, added: readonly string[]): Promise<void> {
  const known = new Set([...(await ctl.server.getAllProcessInfo()).map(({ group }) => group), ...added]);
  for (const name of names) if (!known.has(name)) ctl.fail(`ERROR: no such group: ${name}`);
}

async function removeGroup(ctl: Controller, group: string): Promise<void> {
  const results = await ctl.server.stopProcessGroup(group);
  ctl.print(`${group}: stopped`);
  if (results.some(({ status }) => status === FAULT_CODES.FAILED)) {
    ctl.fail(`${group}: has problems; not removing`);
    return;
  }
  await ctl.server.removeProcessGroup(group);
  ctl.print(`${group}: removed process group`);
}

async function replaceGroup(ctl: Controller, group: string): Promise<void> {
  await ctl.server.stopProcessGroup(group);
  ctl.print(`${group}: stopped`);
  await ctl.server.removeProcessGroup(group);
  await ctl.server.addProcessGroup(group);
  ctl.print(`${group}: updated process group`);
}

export const updateCommand: Command = {
  name: 'update',
  args: 'groups',
  help: HELP,
  async run(ctl, arg) {
    const words = splitWords(arg);
    if (words.includes(PLAN)) {
      await printPlan(ctl);
      return;
    }
    const changes = await reread(ctl);
    if (changes === null) return;
    const names = new Set(words.includes('all') ? [] : words);
    if (names.size > 0) await checkNames(ctl, names, changes.added);
    const isMeant = (group: string): boolean => names.size === 0 || names.has(group);
    for (const group of changes.removed.filter(isMeant)) await removeGroup(ctl, group);
    for (const group of changes.changed.filter(isMeant)) await replaceGroup(ctl, group);
    for (const group of changes.added.filter(isMeant)) {
      await ctl.server.addProcessGroup(group);
      ctl.print(`${group}: added process group`);
    }
  },
};
