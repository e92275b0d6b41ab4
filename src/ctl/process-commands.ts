import type { Command } from './command.ts';
import { clearCommand } from './commands/clear.ts';
import { fgCommand } from './commands/fg.ts';
import { pidCommand } from './commands/pid.ts';
import { restartCommand } from './commands/restart.ts';
import { signalCommand } from './commands/signal.ts';
import { startCommand } from './commands/start.ts';
import { statusCommand } from './commands/status.ts';
import { stopCommand } from './commands/stop.ts';
import { tailCommand } from './commands/tail.ts';

/** Commands of supervisorctl about processes. */
export const PROCESS_COMMANDS: readonly Command[] = [
  clearCommand,
  fgCommand,
  pidCommand,
  restartCommand,
  signalCommand,
  startCommand,
  statusCommand,
  stopCommand,
  tailCommand,
];
