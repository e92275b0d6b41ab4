import { type ExitStatus, exitedWith, renderExitStatus } from '../model/exit-status.ts';
import { runPostStop } from './post-stop.ts';
import type { ProcessPolicy, ProcessState, Step } from './process-state.ts';
import {
  countEnd,
  hasTriesLeft,
  isExpectedExit,
  isStableRun,
  restartDelayMs,
  retryDelayMs,
  shouldRestart,
} from './restart-policy.ts';
import { after, and, enter, type Handler, log, type Moment, stay } from './steps.ts';

/** It is its turn: whoever it depends on may have it wait. */
export const wantStart = (at: Moment): Step => stay(at, { wantsStart: true, deadline: null }, { kind: 'startWanted' });

/** A start that somebody asked for begins all counts anew. */
export const wantStartAnew = (at: Moment): Step => {
  if (at.process.wantsStart) return stay(at, {});
  const fresh = { failures: 0, crashes: 0, ends: [], spent: false, spawnError: '' };
  // The command after its last end goes first.
  if (at.process.task === 'post_stop') return stay(at, { ...fresh, resumeAt: at.now });
  return wantStart({ ...at, process: { ...at.process, ...fresh } });
};

export const launch: Handler<'admitted'> = (at) => {
  const { policy, process, now } = at;
  if (!process.wantsStart) return stay(at, {});
  const task = policy.hasPreStart ? 'pre_start' : 'program';
  const patch = { startedAt: now, spawnError: '', exitCounts: false, task, pid: 0 } as const;
  return and(enter(process, 'STARTING', patch), { kind: 'spawn', task });
};

/** One more failed start: `patch` says what is known of it. */
export function backOff({ policy, process, now, chance }: Moment, patch: Partial<ProcessState>): Step {
  const counted = {
    ...countEnd(policy, process.ends, now),
    failures: process.failures + 1,
    crashes: process.crashes + 1,
  };
  const delay = hasTriesLeft(policy, counted) ? retryDelayMs(policy, counted, chance) : 0;
  return enter(process, 'BACKOFF', { pid: 0, task: 'program', ...patch, ...counted, deadline: now + delay });
}

export const spawnFailed: Handler<'spawnFailed'> = (at, { reason, exitCode }) =>
  after([log('info', `spawnerr: ${reason}`)], backOff(at, { spawnError: reason, lastExit: exitedWith(exitCode) }));

export const startedUp: Handler<'deadline'> = ({ policy, process }) =>
  and(
    // Of a program that is to end, only its end tells whether it went well.
    enter(process, 'RUNNING', policy.oneshot ? {} : { failures: 0 }),
    log(
      'info',
      `success: ${policy.name} entered RUNNING state, process has stayed up for > than ` +
        `${policy.startMs / 1000} seconds (startsecs)`,
    ),
  );

/** Without a time to stay up for it is up at once, or a quick end would decide by chance whether that is said. */
export const spawned: Handler<'spawned'> = (at, { pid }) => {
  const { policy, process, now } = at;
  if (process.task === 'pre_start') {
    return stay(at, { pid }, log('info', `pre_start of '${policy.name}' runs with pid ${pid}`));
  }
  const next = { ...process, pid, programPid: pid, deadline: now + policy.startMs };
  const said = log('info', `spawned: '${policy.name}' with pid ${pid}`);
  if (policy.startMs > 0) return { next, effects: [said] };
  return after([said], startedUp({ ...at, process: next }, { kind: 'deadline' }));
};

export const retryOrGiveUp: Handler<'deadline'> = (at) => {
  const { policy, process } = at;
  if (hasTriesLeft(policy, process)) return wantStart(at);
  return giveUp(at);
};

/** Nothing but somebody's word brings it back. */
export function giveUp({ policy, process }: Moment): Step {
  const step = enter(process, 'FATAL', { failures: 0 });
  return and(step, log('info', `gave up: ${policy.name} entered FATAL state, ${whyGivenUp(policy, process)}`));
}

/** Supervisor's words, where it is for Supervisor's reason. */
function whyGivenUp({ restartLimit, oneshot }: ProcessPolicy, { spent, failures }: ProcessState): string {
  if (spent && restartLimit !== null) {
    return `more than ${restartLimit.count} ends in ${restartLimit.windowMs / 1000} seconds (restart_limit)`;
  }
  if (oneshot) return failures === 1 ? 'its only try has failed' : `all ${failures} tries have failed`;
  return 'too many start retries too quickly';
}

const toldExit = ({ policy }: Moment, status: ExitStatus, expected: boolean) =>
  log(
    expected ? 'info' : 'warn',
    `exited: ${policy.name} (${renderExitStatus(status)}; ${expected ? 'expected' : 'not expected'})`,
  );

/** A run that did not do what it was for: the next try is a retry. */
function failedOneshot(at: Moment, status: ExitStatus): Step {
  const spawnError = `Bad exit code ${status.kind === 'code' ? status.code : -1}`;
  const step = backOff(at, { lastExit: status, exitCounts: true, spawnError });
  return and(step, toldExit(at, status, false), { kind: 'closePipes', task: 'program' });
}

function endRun(at: Moment, status: ExitStatus): Step {
  const { policy, process, now, chance } = at;
  const expected = isExpectedExit(policy, status);
  if (policy.oneshot && !expected && process.state !== 'UNKNOWN') return failedOneshot(at, status);
  const uptimeMs = now - (process.startedAt ?? now);
  const restarts = process.state === 'RUNNING' && shouldRestart(policy, status);
  const crashes = isStableRun(policy, uptimeMs) ? 0 : process.crashes + 1;
  const wireStatus = status.kind === 'code' ? status.code : -1;
  const counted = restarts ? countEnd(policy, process.ends, now) : { spent: false };
  const patch = {
    ...{ pid: 0, failures: 0, crashes, ...counted, lastExit: status, exitCounts: true },
    spawnError: expected ? '' : `Bad exit code ${wireStatus}`,
    deadline: restarts ? now + restartDelayMs(policy, uptimeMs, crashes, chance) : null,
  };
  const step = enter(process, 'EXITED', patch, expected);
  return and(step, toldExit(at, status, expected), { kind: 'closePipes', task: 'program' });
}

/** Of a process whose truth was lost this is all that is to be known. */
export const exitedUnknown: Handler<'exited'> = (at, input) => {
  const { task } = at.process;
  if (task === 'program') return endRun(at, input.status);
  const patch = { pid: 0, task: 'program', lastExit: input.status } as const;
  return and(enter(at.process, 'EXITED', patch), { kind: 'closePipes', task });
};

export const exitedWhileRunning: Handler<'exited'> = (at, { status }) => {
  const ended = endRun(at, status);
  if (!ended.next.spent || ended.next.state !== 'EXITED') return runPostStop(at.policy, ended);
  const gaveUp = giveUp({ ...at, process: ended.next });
  return runPostStop(at.policy, after(ended.effects, gaveUp));
};

function exitedPreStart(at: Moment, status: ExitStatus): Step {
  const { policy, now } = at;
  const ended = { kind: 'closePipes', task: 'pre_start' } as const;
  if (status.kind === 'code' && status.code === 0) {
    return stay(at, { task: 'program', pid: 0, startedAt: now }, ended, { kind: 'spawn', task: 'program' });
  }
  const spawnError = `pre_start failed: ${renderExitStatus(status)}`;
  const said = log('warn', `pre_start of '${policy.name}' failed (${renderExitStatus(status)})`);
  return and(backOff(at, { lastExit: status, spawnError }), said, ended);
}

export const exitedWhileStarting: Handler<'exited'> = (at, input) => {
  const { policy, process, now } = at;
  if (process.task === 'pre_start') return exitedPreStart(at, input.status);
  if (now - (process.startedAt ?? now) >= policy.startMs) {
    const running = enter(process, 'RUNNING', policy.oneshot ? {} : { failures: 0 });
    return after(running.effects, exitedWhileRunning({ ...at, process: running.next }, input));
  }
  const spawnError = 'Exited too quickly (process log may have details)';
  const step = backOff(at, { lastExit: input.status, spawnError });
  return runPostStop(policy, and(step, toldExit(at, input.status, false), { kind: 'closePipes', task: 'program' }));
};
