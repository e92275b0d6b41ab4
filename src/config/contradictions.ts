import { renderProbe } from '../model/probe-spec.ts';
import { SIGNAL_NUMBERS, signalName } from '../model/signals.ts';
import type { ProcessConfig } from './config.ts';
import { type Load, placeOf, type Reading } from './load.ts';

/** Dependencies are told of elsewhere. */
type Process = Omit<ProcessConfig, 'depends_on' | 'restart_with'>;

/** What an option says against another: `error` where no meaning is left, `warning` where one of them has none. */
interface Contradiction {
  readonly key: string;
  readonly severity: 'error' | 'warning';
  /** What is wrong and what to write; null: nothing is. */
  readonly find: (process: Process) => string | null;
}

type Test = (process: Process) => boolean;

const idle = (key: string, without: string, isIdle: Test): Contradiction => ({
  key,
  severity: 'warning',
  find: (process) => (isIdle(process) ? `means nothing without ${without}` : null),
});

const hasNoHealthCheck: Test = ({ health_check }) => health_check === null;

const asksNothing: Test = ({ health_check, ready_check }) =>
  health_check === null && !['http', 'tcp', 'exec'].includes(ready_check?.kind ?? '');

const isListener: Test = ({ section }) => section.startsWith('eventlistener:');

const listenerOnly = (key: 'oneshot' | 'schedule'): Contradiction => ({
  key,
  severity: 'error',
  find: (process) =>
    isListener(process) && process[key] ? 'an event listener has to run all the time; leave it out' : null,
});

function findBackoffMax({ backoff, backoff_max, startretries }: Process): string | null {
  if (backoff_max === null || backoff === 'exponential' || startretries < 0 || backoff_max < startretries) return null;
  const longest = `with startretries=${startretries} no linear delay is longer than ${startretries} seconds`;
  return `means nothing: ${longest}; did you mean backoff=exponential as well?`;
}

/** After SIGKILL nothing can be asked any more. */
function killIndex({ stopsignal }: Process): number {
  return stopsignal.findIndex(({ signal }) => signal === SIGNAL_NUMBERS.SIGKILL);
}

function findAfterKill(process: Process): string | null {
  const next = process.stopsignal[killIndex(process) + 1];
  if (killIndex(process) < 0 || next === undefined) return null;
  const name = signalName(next.signal)?.slice('SIG'.length) ?? next.signal;
  return `${name} after KILL comes too late; KILL has to be the last`;
}

function findStopwaitsecs(process: Process): string | null {
  const at = killIndex(process);
  const steps = at > 0 ? process.stopsignal.slice(0, at) : process.stopsignal;
  if (steps.some(({ waitMs }) => waitMs === null)) return null;
  return 'means nothing, as stopsignal has its own seconds; leave one of them out';
}

/** An option is looked at only where its section sets it. */
const CONTRADICTIONS: readonly Contradiction[] = [
  {
    key: 'autorestart',
    severity: 'error',
    find: ({ oneshot, autorestart }) =>
      oneshot && autorestart === 'true' ? 'a oneshot runs once; leave out autorestart=true or oneshot=true' : null,
  },
  listenerOnly('oneshot'),
  listenerOnly('schedule'),
  {
    key: 'ready_check',
    severity: 'error',
    find: (process) => {
      const { ready_check } = process;
      if (!isListener(process) || ready_check?.kind !== 'log') return null;
      const instead = 'write notify, fd:N or a check that asks';
      return `an event listener's stdout carries its protocol, no lines for ${renderProbe(ready_check)}; ${instead}`;
    },
  },
  {
    key: 'startretries',
    severity: 'warning',
    find: ({ startretries }) =>
      startretries < -1 ? 'counts as -1, which tries for ever; write -1, or 0 for no second try' : null,
  },
  { key: 'backoff_max', severity: 'warning', find: findBackoffMax },
  { key: 'stopsignal', severity: 'warning', find: findAfterKill },
  { key: 'stopwaitsecs', severity: 'warning', find: findStopwaitsecs },
  idle('schedule_overlap', 'schedule', ({ schedule }) => schedule === null),
  idle('ready_timeout', 'ready_check', ({ ready_check }) => ready_check === null),
  idle('health_interval', 'health_check', hasNoHealthCheck),
  idle('health_retries', 'health_check', hasNoHealthCheck),
  idle('health_start_period', 'health_check', hasNoHealthCheck),
  idle('health_action', 'health_check', hasNoHealthCheck),
  idle('health_timeout', 'health_check, or a ready_check that asks', asksNothing),
];

/** A value of [DEFAULT] is for those that it concerns. */
function isOwn({ load, section }: Reading, key: string): boolean {
  const own = section.options.get(key);
  const inherited = load.document.defaults.get(key);
  return own !== undefined && !(own.file === inherited?.file && own.line === inherited.line);
}

/** Tells what the options of one section say against each other, where each by itself is right. */
export function reportContradictions(reading: Reading, process: Process): void {
  if (!reading.load.problems.isSound(reading.section.name)) return;
  for (const { key, severity, find } of CONTRADICTIONS) {
    const text = isOwn(reading, key) ? find(process) : null;
    if (text === null) continue;
    const { problems } = reading.load;
    if (severity === 'error') problems.error(placeOf(reading, key), text);
    else problems.warning(placeOf(reading, key), text);
  }
}

/** A drain leaves half of the budget to what has to stop. */
export function reportDrain(
  load: Load,
  { drain_delay, shutdown_timeout }: { readonly drain_delay: number; readonly shutdown_timeout: number | null },
): void {
  if (shutdown_timeout === null || drain_delay <= shutdown_timeout / 2) return;
  const section = load.document.sections.get('supervisord');
  const option = section?.options.get('drain_delay');
  if (option === undefined) return;
  const half = shutdown_timeout / 2;
  load.problems.warning(
    { file: option.file, line: option.line, section: 'supervisord', key: 'drain_delay' },
    `is cut to ${half} seconds, half of shutdown_timeout; write shutdown_timeout=${Math.ceil(drain_delay * 2)} or more, or drain_delay=${half} or less`,
  );
}
