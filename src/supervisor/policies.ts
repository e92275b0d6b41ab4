import type { Config, GroupConfig, ProcessConfig } from '../config/config.ts';
import type { MemberSpec } from '../core/member.ts';
import type { ProcessPolicy } from '../core/process-state.ts';
import type { PoolSpec } from '../events/pool.ts';
import { EVENT_PARENTS, type EventName } from '../model/event-types.ts';

/** A process's id in the fleet: a process of the same name may live in two groups. */
export function memberId(group: string, process: string): string {
  return `${group}:${process}`;
}

function policyOf(config: ProcessConfig): ProcessPolicy {
  return {
    name: config.name,
    startMs: config.startsecs * 1000,
    startRetries: config.startretries,
    autorestart: config.autorestart,
    exitCodes: config.exitcodes,
    stopSignal: config.stopsignal[0]?.signal ?? 15,
    stopWaitMs: config.stopwaitsecs * 1000,
    stopAsGroup: config.stopasgroup,
    killAsGroup: config.killasgroup,
  };
}

/** What the core has to know of one process. */
export function memberSpecOf(group: GroupConfig, config: ProcessConfig): MemberSpec {
  return {
    id: memberId(group.name, config.name),
    group: group.name,
    groupPriority: group.priority,
    name: config.name,
    priority: config.priority,
    policy: policyOf(config),
    autostart: config.autostart,
    main: config.main,
    exitOnFatal: config.exit_on_fatal,
  };
}

const isEventName = (name: string): name is EventName => Object.hasOwn(EVENT_PARENTS, name);

/** What a pool of event listeners has to know; null: the group is none. */
export function poolSpecOf({ name, listener, processes }: GroupConfig): PoolSpec | null {
  if (listener === null) return null;
  return {
    name,
    events: listener.events.filter(isEventName),
    bufferSize: listener.buffer_size,
    members: processes.map((process) => ({ id: memberId(name, process.name), name: process.name })),
  };
}

/** Where programs reach the daemon: the first unix server, else the last inet one. Source: supervisor/options.py. */
export function serverUrlOf(config: Config): string | null {
  const unix = config.servers.find(({ address }) => address.kind === 'unix');
  if (unix?.address.kind === 'unix') return `unix://${unix.address.path}`;
  const inet = config.servers.findLast(({ address }) => address.kind === 'inet');
  if (inet?.address.kind !== 'inet') return null;
  return `http://${inet.address.host || 'localhost'}:${inet.address.port}`;
}
