import type { Command } from './command.ts';
import { eventsCommand } from './commands/events.ts';
import { explainCommand } from './commands/explain.ts';
import { graphCommand } from './commands/graph.ts';
import { healthcheckCommand } from './commands/healthcheck.ts';
import { logsCommand } from './commands/logs.ts';
import { scaleCommand } from './commands/scale.ts';
import { topCommand } from './commands/top.ts';
import { waitCommand } from './commands/wait.ts';

/** Commands that supervisorctl does not have. */
export const OWN_COMMANDS: readonly Command[] = [
  eventsCommand,
  explainCommand,
  graphCommand,
  healthcheckCommand,
  logsCommand,
  scaleCommand,
  topCommand,
  waitCommand,
];
