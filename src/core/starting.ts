import { exitedWith, renderExitStatus } from '../model/exit-status.ts';
import type { ProcessState, Step } from './process-state.ts';
import { hasTriesLeft, isExpectedExit, restartDelayMs, retryDelayMs, shouldRestart } from './restart-policy.ts';
import { and, enter, type Handler, log, type Moment } from './steps.ts';

export function launch({ process, now }: Moment): Step {
  const patch = { startedAt: now, spawnError: '', exitCounts: false };
  return and(enter(process, 'STARTING', patch), { kind: 'spawn' });
}

/** A start that somebody asked for begins a new count of failures. */
export const launchAnew = (at: Moment): Step => launch({ ...at, process: { ...at.process, failures: 0 } });

function backOff({ policy, process, now }: Moment, patch: Partial<ProcessState>): Step {
  const failures = process.failures + 1;
  const deadline = hasTriesLeft(policy, failures) ? now + retryDelayMs(failures) : now;
  return enter(process, 'BACKOFF', { ...patch, failures, deadline });
}

export const spawnFailed: Handler<'spawnFailed'> = (at, { reason, exitCode }) => {
  const step = backOff(at, { spawnError: reason, lastExit: exitedWith(exitCode) });
  return { next: step.next, effects: [log('info', `spawnerr: ${reason}`), ...step.effects] };
};

export const startedUp: Handler<'deadline'> = ({ policy, process }) =>
  and(
    enter(process, 'RUNNING', { failures: 0 }),
    log(
      'info',
      `success: ${policy.name} entered RUNNING state, process has stayed up for > than ` +
        `${policy.startMs / 1000} seconds (startsecs)`,
    ),
  );

/** Without a time to stay up for it is up at once, or a quick end would decide by chance whether that is said. */
export const spawned: Handler<'spawned'> = (at, { pid }) => {
  const { policy, process, now } = at;
  const next = { ...process, pid, deadline: now + policy.startMs };
  const said = log('info', `spawned: '${policy.name}' with pid ${pid}`);
  if (policy.startMs > 0) return { next, effects: [said] };
  const up = startedUp({ ...at, process: next }, { kind: 'deadline' });
  return { next: up.next, effects: [said, ...up.effects] };
};

export const retryOrGiveUp: Handler<'deadline'> = (at) => {
  const { policy, process } = at;
  if (hasTriesLeft(policy, process.failures)) return launch(at);
  return and(
    enter(process, 'FATAL', { failures: 0 }),
    log('info', `gave up: ${policy.name} entered FATAL state, too many start retries too quickly`),
  );
};

export const exitedWhileRunning: Handler<'exited'> = (at, { status }) => {
  const { policy, process, now } = at;
  const expected = isExpectedExit(policy, status);
  const uptimeMs = now - (process.startedAt ?? now);
  const restarts = process.state === 'RUNNING' && shouldRestart(policy, status);
  const wireStatus = status.kind === 'code' ? status.code : -1;
  const step = enter(
    process,
    'EXITED',
    {
      pid: 0,
      failures: 0,
      lastExit: status,
      exitCounts: true,
      spawnError: expected ? '' : `Bad exit code ${wireStatus}`,
      deadline: restarts ? now + restartDelayMs(uptimeMs) : null,
    },
    expected,
  );
  const text = `exited: ${policy.name} (${renderExitStatus(status)}; ${expected ? 'expected' : 'not expected'})`;
  return and(step, log(expected ? 'info' : 'warn', text), { kind: 'closePipes' });
};

export const exitedWhileStarting: Handler<'exited'> = (at, input) => {
  const { policy, process, now } = at;
  if (now - (process.startedAt ?? now) >= policy.startMs) {
    const running = enter(process, 'RUNNING', { failures: 0 });
    const exited = exitedWhileRunning({ ...at, process: running.next }, input);
    return { next: exited.next, effects: [...running.effects, ...exited.effects] };
  }
  const spawnError = 'Exited too quickly (process log may have details)';
  return and(
    backOff(at, { pid: 0, lastExit: input.status, spawnError }),
    log('warn', `exited: ${policy.name} (${renderExitStatus(input.status)}; not expected)`),
    { kind: 'closePipes' },
  );
};
