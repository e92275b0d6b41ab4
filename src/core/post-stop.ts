/** The command after each end. It runs in whatever state the end has led to, and holds up what comes next. */
import { type ExitStatus, renderExitStatus } from '../model/exit-status.ts';
import { SIGNAL_NUMBERS } from '../model/signals.ts';
import { type ProcessPolicy, type Step, stopTimeMs } from './process-state.ts';
import { and, type Handler, log, type Moment, stay } from './steps.ts';

const SHORTEST_KILL_INTERVAL_MS = 1000;

/** The end of a program's run, and the command after it where there is one. */
export function runPostStop(policy: Pick<ProcessPolicy, 'hasPostStop'>, step: Step): Step {
  if (!policy.hasPostStop) return step;
  const { next } = step;
  return {
    next: { ...next, task: 'post_stop', pid: 0, resumeAt: next.deadline, deadline: null },
    effects: [...step.effects, { kind: 'spawn', task: 'post_stop' }],
  };
}

const isRunning = ({ process }: Moment) => process.task === 'post_stop';

function finish(at: Moment, problem: string | null): Step {
  const { process, policy } = at;
  const patch = { task: 'program', pid: 0, deadline: process.resumeAt, resumeAt: null } as const;
  const step = stay(at, patch, { kind: 'closePipes', task: 'post_stop' });
  return problem === null ? step : and(step, log('warn', `post_stop of '${policy.name}' failed (${problem})`));
}

export const problemOf = (status: ExitStatus): string | null =>
  status.kind === 'code' && status.code === 0 ? null : renderExitStatus(status);

/** In a state in which no program is alive, what is spawned or ends can only be this command. */
export const postStopSpawned: Handler<'spawned'> = (at, { pid }) =>
  isRunning(at)
    ? stay(at, { pid }, log('debug', `post_stop of '${at.policy.name}' runs with pid ${pid}`))
    : stay(at, {});

export const postStopNotSpawned: Handler<'spawnFailed'> = (at, { reason }) =>
  isRunning(at) ? finish(at, reason) : stay(at, {});

export const postStopExited: Handler<'exited'> = (at, { status }) =>
  isRunning(at) ? finish(at, problemOf(status)) : stay(at, {});

/** Nothing is to come after it, and it has the time of a stop to end. */
export const hurryPostStop = (at: Moment, waitMs = Infinity): Step => {
  const due = at.now + Math.min(stopTimeMs(at.policy), waitMs);
  return stay(at, { resumeAt: null, deadline: Math.min(at.process.deadline ?? Infinity, due) });
};

/** SIGKILL to it and what it started, again for as long as it is there. */
export const killPostStop = (at: Moment): Step => {
  const { process, policy, now } = at;
  const deadline = now + Math.max(stopTimeMs(policy), SHORTEST_KILL_INTERVAL_MS);
  if (process.pid === 0) return stay(at, { deadline });
  const said = log('warn', `killing post_stop of '${policy.name}' (${process.pid}) with SIGKILL`);
  const order = { kind: 'kill', pid: process.pid, signal: SIGNAL_NUMBERS.SIGKILL, group: true } as const;
  return stay(at, { deadline }, said, order);
};

/** `handler` for the program's own time; `instead` while the command after it runs. */
export const unlessPostStop =
  (instead: (at: Moment) => Step, handler: (at: Moment) => Step): ((at: Moment) => Step) =>
  (at) =>
    isRunning(at) ? instead(at) : handler(at);
