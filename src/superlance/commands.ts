import { crashmailbatch, crashsms, fatalmailbatch } from './batch-commands.ts';
import type { Command } from './command.ts';
import { crashmail } from './crashmail.ts';
import { httpok } from './httpok.ts';
import { memmon } from './memmon.ts';

/** All programs of the family. */
export const COMMANDS: readonly Command[] = [httpok, memmon, crashmail, crashmailbatch, fatalmailbatch, crashsms];

/** Their names. */
export const COMMAND_NAMES: readonly string[] = COMMANDS.map(({ shape }) => shape.name);
