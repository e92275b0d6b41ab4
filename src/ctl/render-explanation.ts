import type { Explanation, Run } from '../client/initvisor-api.ts';
import { joinNamespec } from '../model/namespec.ts';
import { createLogTimeRenderer } from '../os/local-time.ts';

/** `2026-11-21 01:20:30`, of seconds since the epoch. */
type RenderTime = (seconds: number) => string;

function createTimeRenderer(): RenderTime {
  const render = createLogTimeRenderer();
  return (seconds) => render(seconds * 1000).replace(/,\d+$/, '');
}

function renderRun(run: Run, time: RenderTime): string[] {
  const until = run.end === 0 ? 'now' : time(run.end);
  const facts = [
    ...(run.pid === 0 ? [] : [`pid ${run.pid}`]),
    run.how === '' ? 'running' : run.how,
    ...(run.peak_kib === 0 ? [] : [`peak memory ${run.peak_kib} KiB`]),
    `started by ${run.asked_by}`,
  ];
  return [`  ${time(run.start)} to ${until}: ${facts.join(', ')}`, ...run.last_lines.map((line) => `    | ${line}`)];
}

/** An explanation for people: state, reason, what it waits for, and its runs. */
export function renderExplanation(explanation: Explanation): string[] {
  const { name, group, state, since, spawnerr, waits, history, health, next_run } = explanation;
  const time = createTimeRenderer();
  const sinceText = since === 0 ? '' : ` since ${time(since)}`;
  return [
    `${joinNamespec(group, name)}: ${state}${sinceText}${spawnerr === '' ? '' : ` (${spawnerr})`}`,
    ...(waits.length > 0 ? [`waits for: ${waits.join(', ')}`] : []),
    ...(health === 'none' ? [] : [`health: ${health}`]),
    ...(next_run === 0 ? [] : [`next run: ${time(next_run)}`]),
    ...(history.length > 0 ? ['runs, newest last:'] : ['it has never been started']),
    ...history.flatMap((run) => renderRun(run, time)),
  ];
}
