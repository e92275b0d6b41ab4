import { MemoryKills } from '../init/memory-kills.ts';
import type { Clock } from '../model/clock.ts';
import type { Log } from '../model/log-level.ts';
import { findKillCount } from '../os/cgroup-memory.ts';
import { createTimer } from '../os/clock.ts';
import type { OwnChildren } from '../os/own-children.ts';

/** On this machine's own counter. */
export function createMemoryKills({ take }: OwnChildren, log: Log, clock: Clock): MemoryKills {
  return new MemoryKills({
    findCount: findKillCount,
    takeChild: take,
    log,
    clock,
    createTimer: (onDue) => createTimer(clock, onDue),
  });
}
