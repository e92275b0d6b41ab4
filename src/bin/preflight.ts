import type { Config } from '../config/config.ts';
import type { LogMessage } from '../model/log-level.ts';
import { isSystemError } from '../os/fds.ts';
import { raiseLimits } from '../os/limits.ts';
import type { Native } from '../os/native.ts';
import { dropPrivileges } from '../os/users.ts';
import { failUsage } from './read-config.ts';

/**
 * Makes this process what the configuration wants it to be: limits, user, umask, directory.
 * Returns what to tell the main log once it is open; ends the process when a limit or the user cannot be had.
 * Limits come first, as only root may raise a hard one.
 */
export function prepareProcess(config: Config, native: Native): LogMessage[] {
  const { minfds, minprocs, user, umask, directory } = config.supervisord;
  const messages: LogMessage[] = [];
  const limits = raiseLimits(native, { minfds, minprocs });
  if (limits.problem !== null) failUsage(limits.problem);
  for (const text of limits.messages) messages.push({ level: 'info', text });
  if (user !== null) {
    const problem = dropPrivileges(native, user.uid);
    if (problem !== null) failUsage(problem);
    messages.push({ level: 'info', text: `Set uid to user ${user.uid} succeeded` });
  }
  process.umask(umask);
  if (directory !== null) messages.push(changeDirectory(directory));
  return messages;
}

function changeDirectory(directory: string): LogMessage {
  try {
    process.chdir(directory);
    return { level: 'info', text: `set current directory: '${directory}'` };
  } catch (error) {
    const reason = isSystemError(error) ? error.code : String(error);
    return { level: 'critical', text: `can't chdir into '${directory}': ${reason}` };
  }
}
