import { type ExitStatus, renderExitStatus } from '../model/exit-status.ts';
import { SIGNAL_NUMBERS, signalName } from '../model/signals.ts';
import { killPostStop, problemOf, unlessPostStop } from './post-stop.ts';
import { type Effect, type Step, stopTimeMs } from './process-state.ts';
import { countEnd, isExpectedExit, isStableRun, restartDelayMs } from './restart-policy.ts';
import { backOff, giveUp } from './starting.ts';
import { after, and, enter, type Handler, log, type Moment, stay } from './steps.ts';

/** A second SIGKILL is sent no sooner than this after the first, also with stopwaitsecs=0. */
const SHORTEST_KILL_INTERVAL_MS = 1000;

/** It is down, and comes back after as long as a crash would take it. */
function comeBack(at: Moment, status: ExitStatus): Step {
  const { policy, process, now, chance } = at;
  const uptimeMs = now - (process.startedAt ?? now);
  const crashes = isStableRun(policy, uptimeMs) ? 0 : process.crashes + 1;
  const counted = countEnd(policy, process.ends, now);
  const deadline = counted.spent ? null : now + restartDelayMs(policy, uptimeMs, crashes, chance);
  const patch = { ...counted, crashes, failures: 0, deadline, lastExit: status, exitCounts: true };
  const step = enter(process, 'STOPPED', { pid: 0, task: 'program', leaderExit: null, comeback: 'none', ...patch });
  return counted.spent ? after(step.effects, giveUp({ ...at, process: step.next })) : step;
}

function conclude(at: Moment, status: ExitStatus): Step {
  const { policy, process } = at;
  const level = isExpectedExit(policy, status) ? 'info' : 'warn';
  const last = [
    log(level, `stopped: ${policy.name} (${renderExitStatus(status)})`),
    { kind: 'closePipes', task: process.task },
  ] as const;
  if (process.comeback === 'restart') return and(comeBack(at, status), ...last);
  const patch = { lastExit: status, leaderExit: null, comeback: 'none' } as const;
  if (process.comeback === 'retry') return and(backOff(at, patch), ...last);
  return and(enter(process, 'STOPPED', { pid: 0, task: 'program', exitCounts: true, ...patch }), ...last);
}

/** All of the program are gone; the command after it, where there is one, belongs to the stop. */
function finishStop(at: Moment, status: ExitStatus): Step {
  const { policy, process, now } = at;
  if (!policy.hasPostStop || process.task !== 'program') return conclude(at, status);
  const deadline = now + stopTimeMs(policy);
  const patch = { task: 'post_stop', pid: 0, leaderExit: status, killed: false, deadline } as const;
  return stay(at, patch, { kind: 'closePipes', task: 'program' }, { kind: 'spawn', task: 'post_stop' });
}

function finishPostStop(at: Moment, problem: string | null): Step {
  const { policy, process } = at;
  const step = conclude(at, process.leaderExit ?? { kind: 'code', code: 0 });
  const said = problem === null ? [] : [log('warn', `post_stop of '${policy.name}' failed (${problem})`)];
  return after(said, step);
}

/** A stop is over when all of its process group are gone; those that had no signal yet get it now. */
export const exitedWhileStopping: Handler<'exited'> = (at, { status, groupAlive }) => {
  const { policy, process } = at;
  if (process.task === 'post_stop') return finishPostStop(at, problemOf(status));
  if (groupAlive !== true) return finishStop(at, status);
  const { pid } = process;
  // Time was over for the whole group when it was for its leader.
  if (process.killed) return stay(at, { leaderExit: status }, { kind: 'sweepGroup', pid });
  const signal = policy.stopSteps[process.stopStep]?.signal ?? SIGNAL_NUMBERS.SIGTERM;
  const told: readonly Effect[] = policy.stopAsGroup ? [] : [{ kind: 'kill', pid, signal, group: true }];
  return stay(at, { leaderExit: status }, ...told);
};

export const spawnedWhileStopping: Handler<'spawned'> = (at, { pid }) =>
  at.process.task === 'post_stop' && at.process.pid === 0 ? stay(at, { pid }) : stay(at, {});

export const notSpawnedWhileStopping: Handler<'spawnFailed'> = (at, { reason }) =>
  at.process.task === 'post_stop' ? finishPostStop(at, reason) : stay(at, {});

export const groupGoneWhileStopping: Handler<'groupGone'> = (at) =>
  at.process.leaderExit === null || at.process.task === 'post_stop'
    ? stay(at, {})
    : finishStop(at, at.process.leaderExit);

function renderTarget({ policy, process }: Moment, group: boolean): string {
  return `${policy.name} (pid ${process.pid}) ${group ? 'process group ' : ''}`;
}

function sendSignal(at: Moment, signal: number, group: boolean, step: Step): Step {
  const said = log('debug', `killing ${renderTarget(at, group)}with signal ${signalName(signal) ?? signal}`);
  const order: Effect = { kind: 'kill', pid: at.process.pid, signal, group };
  return { next: step.next, effects: [said, ...step.effects, order] };
}

export const stopAlive: Handler<'stop'> = (at, { waitMs, comeback = 'none' as const, why }) => {
  const { policy, process, now } = at;
  const [first] = policy.stopSteps;
  const total = stopTimeMs(policy);
  const stopScale = waitMs === undefined || waitMs >= total ? 1 : waitMs / total;
  const patch = {
    ...{ deadline: now + (first?.waitMs ?? 0) * stopScale, killed: false, stopStep: 0, stopScale, comeback },
    ...(why === undefined ? {} : { spawnError: why }),
  };
  return sendSignal(at, first?.signal ?? SIGNAL_NUMBERS.SIGTERM, policy.stopAsGroup, enter(process, 'STOPPING', patch));
};

/** A stop that is under way may get less time. One that somebody asks for takes a restart back. */
export const stopSooner: Handler<'stop'> = (at, { waitMs = Infinity, comeback }) => {
  const { policy, process, now } = at;
  const kept = { comeback: comeback === undefined ? ('none' as const) : process.comeback };
  const leftMs = Math.max(0, (process.deadline ?? Infinity) - now);
  if (process.killed || process.task === 'post_stop') {
    return stay(at, { ...kept, deadline: now + Math.min(leftMs, waitMs) });
  }
  const laterMs = stopTimeMs({ stopSteps: policy.stopSteps.slice(process.stopStep + 1) }) * process.stopScale;
  const factor = leftMs + laterMs <= waitMs ? 1 : waitMs / (leftMs + laterMs);
  return stay(at, { ...kept, deadline: now + leftMs * factor, stopScale: process.stopScale * factor });
};

export const stopBackedOff = unlessPostStop(
  (at) => enter(at.process, 'STOPPED', { deadline: at.now + stopTimeMs(at.policy), resumeAt: null }),
  ({ policy, process }) => {
    const said = log('debug', `Attempted to kill ${policy.name}, which is in BACKOFF state.`);
    return after([said], enter(process, 'STOPPED', {}));
  },
);

/** SIGKILL, again each stopwaitsecs for as long as somebody is there. */
export const killAlive = (at: Moment): Step => {
  const { policy, process, now } = at;
  if (process.task === 'post_stop') return killPostStop(at);
  const deadline = now + Math.max(stopTimeMs(policy), SHORTEST_KILL_INTERVAL_MS);
  if (process.leaderExit !== null) return stay(at, { deadline }, { kind: 'sweepGroup', pid: process.pid });
  const patch = { deadline, killed: true };
  const step =
    process.state === 'STOPPING' ? stay(at, patch) : enter(process, 'STOPPING', { ...patch, comeback: 'none' });
  return sendSignal(at, SIGNAL_NUMBERS.SIGKILL, policy.killAsGroup, step);
};

/** Its time is over: the next of the stop signals, or the last of all. */
export const stopOverdue: Handler<'deadline'> = (at) => {
  const { policy, process, now } = at;
  const next = policy.stopSteps[process.stopStep + 1];
  if (next === undefined || process.killed || process.task === 'post_stop') return killOverdue(at);
  const group = policy.stopAsGroup || process.leaderExit !== null;
  const patch = { stopStep: process.stopStep + 1, deadline: now + next.waitMs * process.stopScale };
  const name = signalName(next.signal) ?? next.signal;
  const said = log('info', `sending ${name} to '${policy.name}' (${process.pid}), which has not stopped yet`);
  return after([said], sendSignal(at, next.signal, group, stay(at, patch)));
};

function killOverdue(at: Moment): Step {
  const { policy, process } = at;
  const step = killAlive(at);
  if (process.leaderExit !== null) return step;
  return after([log('warn', `killing '${policy.name}' (${process.pid}) with SIGKILL`)], step);
}

export const killFailed: Handler<'killFailed'> = ({ policy, process }, { errno }) => {
  const said = log('critical', `unknown problem killing ${policy.name} (${process.pid}): ${errno}`);
  return after([said], enter(process, 'UNKNOWN', { comeback: 'none' }));
};

/** Who is left of the group belongs to somebody else: the process itself is down. */
export const groupKillFailed: Handler<'killFailed'> = (at, input) => {
  const { policy, process } = at;
  if (process.leaderExit === null) return killFailed(at, input);
  const said = log('warn', `cannot kill what '${policy.name}' left behind: ${input.errno}`);
  return after([said], process.task === 'post_stop' ? stay(at, {}) : finishStop(at, process.leaderExit));
};
