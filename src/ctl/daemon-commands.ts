import type { Command } from './command.ts';
import { addCommand } from './commands/add.ts';
import { availCommand } from './commands/avail.ts';
import { maintailCommand } from './commands/maintail.ts';
import { openCommand } from './commands/open.ts';
import { exitCommand, quitCommand } from './commands/quit.ts';
import { reloadCommand } from './commands/reload.ts';
import { removeCommand } from './commands/remove.ts';
import { rereadCommand } from './commands/reread.ts';
import { shutdownCommand } from './commands/shutdown.ts';
import { updateCommand } from './commands/update.ts';
import { versionCommand } from './commands/version.ts';

/** Commands of supervisorctl about the daemon, its configuration and the shell. */
export const DAEMON_COMMANDS: readonly Command[] = [
  addCommand,
  availCommand,
  maintailCommand,
  openCommand,
  exitCommand,
  quitCommand,
  reloadCommand,
  removeCommand,
  rereadCommand,
  shutdownCommand,
  updateCommand,
  versionCommand,
];
