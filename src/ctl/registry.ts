import type { Command } from './command.ts';
import { completionCommand } from './commands/completion.ts';
import { helpCommand } from './commands/help.ts';
import { endCommand } from './commands/quit.ts';
import { renderCompletion } from './completion-script.ts';
import { DAEMON_COMMANDS } from './daemon-commands.ts';
import { OWN_COMMANDS } from './own-commands.ts';
import { PROCESS_COMMANDS } from './process-commands.ts';

export type Registry = ReadonlyMap<string, Command>;

/** Every command by its name. */
export function createRegistry(): Registry {
  const own = [...OWN_COMMANDS, completionCommand((shell) => renderCompletion(shell, [...registry.values()]))];
  const upstream = [...PROCESS_COMMANDS, ...DAEMON_COMMANDS];
  const help = helpCommand({ upstream, own });
  const registry: Registry = new Map([...upstream, ...own, help, endCommand].map((command) => [command.name, command]));
  return registry;
}
