import { type ExitStatus, renderExitStatus } from '../model/exit-status.ts';
import { SIGNAL_NUMBERS, signalName } from '../model/signals.ts';
import type { Effect, Step } from './process-state.ts';
import { isExpectedExit } from './restart-policy.ts';
import { and, enter, type Handler, log, type Moment } from './steps.ts';

/** A second SIGKILL is sent no sooner than this after the first, also with stopwaitsecs=0. */
const SHORTEST_KILL_INTERVAL_MS = 1000;

function finishStop({ policy, process }: Moment, status: ExitStatus): Step {
  const step = enter(process, 'STOPPED', { pid: 0, lastExit: status, exitCounts: true, leaderExit: null });
  const level = isExpectedExit(policy, status) ? 'info' : 'warn';
  return and(step, log(level, `stopped: ${policy.name} (${renderExitStatus(status)})`), { kind: 'closePipes' });
}

/** A stop is over when all of its process group are gone; those that had no signal yet get it now. */
export const exitedWhileStopping: Handler<'exited'> = (at, { status, groupAlive }) => {
  const { policy, process } = at;
  if (groupAlive !== true) return finishStop(at, status);
  const { pid } = process;
  // Time was over for the whole group when it was for its leader.
  if (process.killed) return { next: { ...process, leaderExit: status }, effects: [{ kind: 'sweepGroup', pid }] };
  const told: readonly Effect[] = policy.stopAsGroup
    ? []
    : [{ kind: 'kill', pid, signal: policy.stopSignal, group: true }];
  return { next: { ...process, leaderExit: status }, effects: told };
};

export const groupGoneWhileStopping: Handler<'groupGone'> = (at) =>
  at.process.leaderExit === null ? { next: at.process, effects: [] } : finishStop(at, at.process.leaderExit);

function sendStopSignal(at: Moment, signal: number, group: boolean, waitMs: number): Step {
  const { policy, process, now } = at;
  const target = `${policy.name} (pid ${process.pid}) ${group ? 'process group ' : ''}`;
  const said = log('debug', `killing ${target}with signal ${signalName(signal) ?? signal}`);
  const deadline = now + waitMs;
  const step: Step =
    process.state === 'STOPPING'
      ? { next: { ...process, deadline }, effects: [] }
      : enter(process, 'STOPPING', { deadline, killed: false });
  return { next: step.next, effects: [said, ...step.effects, { kind: 'kill', pid: process.pid, signal, group }] };
}

export const stopAlive: Handler<'stop'> = (at, { waitMs }) =>
  sendStopSignal(at, at.policy.stopSignal, at.policy.stopAsGroup, Math.min(at.policy.stopWaitMs, waitMs ?? Infinity));

export const stopSooner: Handler<'stop'> = ({ process, now }, { waitMs }) => ({
  next: { ...process, deadline: Math.min(process.deadline ?? Infinity, now + (waitMs ?? Infinity)) },
  effects: [],
});

export const stopBackedOff = ({ policy, process }: Moment): Step => {
  const step = enter(process, 'STOPPED', {});
  const said = log('debug', `Attempted to kill ${policy.name}, which is in BACKOFF state.`);
  return { next: step.next, effects: [said, ...step.effects] };
};

/** SIGKILL, again each stopwaitsecs for as long as somebody is there. */
export const killAlive = (at: Moment): Step => {
  const { policy, process, now } = at;
  const waitMs = Math.max(policy.stopWaitMs, SHORTEST_KILL_INTERVAL_MS);
  if (process.leaderExit === null) {
    const step = sendStopSignal(at, SIGNAL_NUMBERS.SIGKILL, policy.killAsGroup, waitMs);
    return { next: { ...step.next, killed: true }, effects: step.effects };
  }
  return { next: { ...process, deadline: now + waitMs }, effects: [{ kind: 'sweepGroup', pid: process.pid }] };
};

export const killOverdue: Handler<'deadline'> = (at) => {
  const { policy, process } = at;
  const step = killAlive(at);
  if (process.leaderExit !== null) return step;
  const said = log('warn', `killing '${policy.name}' (${process.pid}) with SIGKILL`);
  return { next: step.next, effects: [said, ...step.effects] };
};

export const killFailed: Handler<'killFailed'> = ({ policy, process }, { errno }) => {
  const step = enter(process, 'UNKNOWN', {});
  const said = log('critical', `unknown problem killing ${policy.name} (${process.pid}): ${errno}`);
  return { next: step.next, effects: [said, ...step.effects] };
};

/** Who is left of the group belongs to somebody else: the process itself is down. */
export const groupKillFailed: Handler<'killFailed'> = (at, input) => {
  const { policy, process } = at;
  if (process.leaderExit === null) return killFailed(at, input);
  const said = log('warn', `cannot kill what '${policy.name}' left behind: ${input.errno}`);
  const step = finishStop(at, process.leaderExit);
  return { next: step.next, effects: [said, ...step.effects] };
};
