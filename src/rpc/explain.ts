import { joinNamespec } from '../model/namespec.ts';
import { renderProbe } from '../model/probe-spec.ts';
import type { Facade, ProcessView, RunRecord } from '../supervisor/facade.ts';
import type { XmlRpcStruct } from '../xmlrpc/value.ts';
import { wholeSeconds } from './process-info.ts';

function runInfo(run: RunRecord): XmlRpcStruct {
  return {
    start: wholeSeconds(run.startedAtMs),
    end: run.endedAtMs === null ? 0 : wholeSeconds(run.endedAtMs),
    pid: run.pid,
    how: run.how,
    peak_kib: run.peakKib,
    asked_by: run.askedBy,
    last_lines: run.lastLines,
  };
}

const stopSeconds = ({ stopsignal, stopwaitsecs }: ProcessView['config']): number =>
  stopsignal.reduce((sum, { waitMs }) => sum + (waitMs === null ? stopwaitsecs : waitMs / 1000), 0);

/** What has to happen before it leaves its state by itself, in words. */
function waitsOf({ state, config, waits, ready, health, checkDetail }: ProcessView): readonly string[] {
  if (waits.length > 0) return waits;
  const said = checkDetail === '' ? '' : ` (last said: ${checkDetail})`;
  if (config.ready_check !== null && !ready && (state === 'STARTING' || state === 'RUNNING')) {
    return [`to be ready by ${renderProbe(config.ready_check)}${said}`];
  }
  if (health === 'starting') return [`its first good health check${said}`];
  switch (state) {
    case 'STARTING':
      return [`to stay up for ${config.startsecs} s (startsecs)`];
    case 'STOPPING':
      return [`its end, killed after ${stopSeconds(config)} s`];
    case 'BACKOFF':
      return ['its next try'];
    default:
      return [];
  }
}

/** When it came into its state, as far as its last start and end tell; 0 when it was never started. */
function sinceMs(view: ProcessView): number {
  const isUp = view.state === 'STARTING' || view.state === 'RUNNING' || view.state === 'STOPPING';
  return isUp ? view.startedAtMs : view.stoppedAtMs;
}

/** Why a process is in its state: initvisor.explain's struct. */
export function explain(facade: Facade, view: ProcessView): XmlRpcStruct {
  return {
    name: view.name,
    group: view.group,
    state: view.state,
    since: wholeSeconds(sinceMs(view)),
    spawnerr: view.spawnError,
    waits: waitsOf(view),
    ready: view.ready,
    health: view.health,
    next_run: view.nextRunMs === null ? 0 : wholeSeconds(view.nextRunMs),
    history: facade.history(view.id).map(runInfo),
  };
}

/** Why a process that should run does not; null when it does, or need not. */
function problemOf(view: ProcessView): string | null {
  const { state, config } = view;
  if (view.waits.length > 0) return `waits for ${view.waits.join(', ')}`;
  if (view.health === 'unhealthy') return `unhealthy: ${view.checkDetail}`;
  const isUp = state === 'STARTING' || state === 'RUNNING';
  if (isUp && !view.ready && (config.ready_check !== null || config.health_check !== null)) return 'is not ready yet';
  if (state === 'FATAL' || state === 'BACKOFF') return view.spawnError === '' ? 'does not start' : view.spawnError;
  if (state === 'UNKNOWN') return 'its state is unknown';
  if (state === 'STOPPED' && config.autostart && view.startedAtMs === 0) return 'was not started yet';
  if (state !== 'EXITED') return null;
  if (config.autorestart === 'true') return 'is to be restarted';
  return config.exitcodes.includes(view.exitStatus) ? null : 'ended unexpectedly';
}

/** Whether all is well, and what is not: initvisor.health's struct. A program that was stopped on request is well. */
export function health(facade: Facade): XmlRpcStruct {
  const problems = facade.list().flatMap((view) => {
    const reason = problemOf(view);
    return reason === null ? [] : [{ name: joinNamespec(view.group, view.name), state: view.state, reason }];
  });
  const state = facade.state();
  return { ok: state === 'RUNNING' && problems.length === 0, state, problems };
}
