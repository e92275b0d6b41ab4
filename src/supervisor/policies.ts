import type { Config, GroupConfig, ProcessConfig } from '../config/config.ts';
import type { CheckPolicy } from '../core/checks.ts';
import type { MemberSpec } from '../core/member.ts';
import type { ProcessPolicy, StopStep } from '../core/process-state.ts';
import type { PoolSpec } from '../events/pool.ts';
import { EVENT_PARENTS, type EventName } from '../model/event-types.ts';
import { isPolled } from '../model/probe-spec.ts';
import { SIGNAL_NUMBERS } from '../model/signals.ts';

/** A health_interval of 0 must not keep the daemon busy. */
const SHORTEST_INTERVAL_MS = 100;

/** A process's id in the fleet: a process of the same name may live in two groups. */
export function memberId(group: string, process: string): string {
  return `${group}:${process}`;
}

/** Whatever follows a SIGKILL makes no difference. */
function stopStepsOf({ stopsignal, stopwaitsecs }: ProcessConfig): StopStep[] {
  const killAt = stopsignal.findIndex(({ signal }, index) => index > 0 && signal === SIGNAL_NUMBERS.SIGKILL);
  const steps = killAt < 0 ? stopsignal : stopsignal.slice(0, killAt);
  return steps.map(({ signal, waitMs }) => ({ signal, waitMs: waitMs ?? stopwaitsecs * 1000 }));
}

const toMs = (seconds: number | null): number | null => (seconds === null ? null : seconds * 1000);

function policyOf(config: ProcessConfig): ProcessPolicy {
  return {
    name: config.name,
    // What is to end has no time to stay up for.
    startMs: config.oneshot ? 0 : config.startsecs * 1000,
    startRetries: config.startretries,
    autorestart: config.autorestart,
    exitCodes: config.exitcodes,
    stopSteps: stopStepsOf(config),
    stopAsGroup: config.stopasgroup,
    killAsGroup: config.killasgroup,
    oneshot: config.oneshot,
    backoff: config.backoff,
    backoffMaxMs: toMs(config.backoff_max),
    restartLimit: config.restart_limit,
    hasPreStart: config.pre_start !== null,
    hasPostStop: config.post_stop !== null,
  };
}

function readyByOf({ ready_check, health_check }: ProcessConfig): CheckPolicy['readyBy'] {
  if (ready_check !== null) return isPolled(ready_check) ? 'asked' : 'told';
  return health_check === null ? 'running' : 'health';
}

function checksOf(config: ProcessConfig): CheckPolicy {
  const { health_check, health_interval, health_retries, health_start_period, ready_timeout } = config;
  const health = {
    intervalMs: Math.max(health_interval * 1000, SHORTEST_INTERVAL_MS),
    retries: health_retries,
    startPeriodMs: health_start_period * 1000,
  };
  return {
    readyBy: readyByOf(config),
    readyTimeoutMs: ready_timeout === 0 ? null : ready_timeout * 1000,
    health: health_check === null ? null : health,
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
    dependsOn: config.depends_on,
    restartWith: config.restart_with,
    checks: checksOf(config),
    healthAction: config.health_action,
    overlap: config.schedule_overlap,
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
