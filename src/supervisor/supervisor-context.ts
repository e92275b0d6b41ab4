import type { ExitReason } from '../core/exit-decision.ts';
import type { EventBus } from '../events/bus.ts';
import type { AutoLogs } from '../logging/auto-logs.ts';
import type { Clock } from '../model/clock.ts';
import type { DeadlineTimer } from '../os/clock.ts';
import type { Files } from '../os/files.ts';
import type { LaunchContext } from './launch-context.ts';
import type { MemoryWatchContext } from './memory-watch.ts';
import type { Prober } from './readiness.ts';

/** All that the shell needs from outside. */
export interface SupervisorContext extends Omit<LaunchContext, 'serverUrl'> {
  readonly files: Files;
  readonly clock: Clock;
  readonly autoLogs: AutoLogs;
  readonly subscribe: EventBus['subscribe'];
  readonly prober: Prober;
  readonly readTrees: MemoryWatchContext['readTrees'];
  createTimer(onDue: () => void): DeadlineTimer;
  /** Runs `task` after the event loop has had a turn. */
  defer(task: () => void): void;
  /** Whether a child of this process is neither a program nor an orphan, but a hook's command, say. */
  isOthers(pid: number): boolean;
  /** All programs are down, or their time is over. Called once. */
  onFinished(reason: ExitReason, exitStatus: number): void;
}
