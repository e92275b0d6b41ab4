import { Syslog } from '../logging/syslog.ts';
import type { Clock } from '../model/clock.ts';
import type { Log } from '../model/log-level.ts';
import { runAfter } from '../os/clock.ts';
import type { Native } from '../os/native.ts';
import { programName } from './own-name.ts';

/** The local syslog, under the name that this program was started as. */
export function createSyslog(native: Native, clock: Clock, log: Log): Syslog {
  const retry = (delayMs: number, task: () => void) => void runAfter(clock, delayMs, task);
  return new Syslog({ native, clock, ident: programName(), log, runAfter: retry });
}
