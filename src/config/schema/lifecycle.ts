import { cronExpression } from '../cron.ts';
import { dependencies, duration, oneOf, restartLimit } from '../life-types.ts';
import { option, optional } from '../option.ts';
import { healthProbe, readyProbe } from '../probe-types.ts';
import { boolean, list, positiveByteSize, positiveInteger, seconds, text } from '../value-types.ts';

const APPLY = { expand: 'section', onChange: 'apply', since: 'initvisor' } as const;
const EACH = { expand: 'process', onChange: 'apply', since: 'initvisor' } as const;

/** When a program starts, is restarted and ends, beyond Supervisor; read once for a section. */
export const lifecycleSectionSchema = {
  oneshot: option({
    ...APPLY,
    type: boolean,
    default: 'false',
    help: 'Runs to completion once: an exit code in exitcodes is its success, anything else is tried again startretries times, then FATAL.',
  }),
  depends_on: option({
    ...APPLY,
    type: dependencies,
    default: '',
    example: 'db, cache:ready, migrate:completed',
    help: 'Starts after these, and stops before them. Conditions: `started`, `running` (the default), `ready`, `completed` (the default for a oneshot).',
  }),
  restart_with: option({
    ...APPLY,
    type: list,
    default: '',
    example: 'db',
    help: 'Names of programs whose restart restarts this one.',
  }),
  ready_timeout: option({
    ...APPLY,
    type: duration,
    default: '60',
    unit: 'seconds',
    help: 'Time to become ready; a start that takes longer has failed and is tried again. 0: no limit.',
  }),
  health_interval: option({
    ...APPLY,
    type: seconds,
    default: '10',
    unit: 'seconds',
    help: 'Time from the end of one health_check to the next.',
  }),
  health_timeout: option({
    ...APPLY,
    type: seconds,
    default: '3',
    unit: 'seconds',
    help: 'Time that one health_check, or one try of a ready_check, may take.',
  }),
  health_retries: option({
    ...APPLY,
    type: positiveInteger,
    default: '3',
    help: 'Failed health_checks in a row that make the program unhealthy.',
  }),
  health_start_period: option({
    ...APPLY,
    type: duration,
    default: '0',
    unit: 'seconds',
    help: 'Time after a start in which failed health_checks do not count.',
  }),
  health_action: option({
    ...APPLY,
    type: oneOf('restart', 'shutdown', 'none'),
    default: 'restart',
    help: 'What an unhealthy program is for: to be restarted, to shut the container down, or only to be told.',
  }),
  backoff: option({
    ...APPLY,
    type: oneOf('linear', 'exponential'),
    default: 'linear',
    help: 'Time between tries: one second more each, or double each time, less up to a quarter by chance. An exponential one also delays restarts, until a run has been as long as the longest delay.',
  }),
  backoff_max: optional({
    ...APPLY,
    type: duration,
    unit: 'seconds',
    example: '30',
    help: 'The longest time between tries.',
  }),
  restart_limit: optional({
    ...APPLY,
    type: restartLimit,
    example: '5/60s',
    help: 'More ends than that within the time, from RUNNING too, make it FATAL.',
  }),
  memory_limit: optional({
    ...APPLY,
    type: positiveByteSize,
    unit: 'bytes',
    example: '512MB',
    help: 'Resident memory of the program with all that it started; beyond it the program is restarted. Looked at every 5 seconds. Shared pages count once where the kernel tells (CAP_SYS_PTRACE).',
  }),
  schedule: optional({
    ...APPLY,
    type: cronExpression,
    example: '*/5 * * * *',
    help: 'Starts at these times, in the time zone of TZ: five fields, six with seconds first, or a name such as @daily. Not started with the daemon and not restarted unless autostart and autorestart say so.',
  }),
  schedule_overlap: option({
    ...APPLY,
    type: oneOf('skip', 'queue', 'kill'),
    default: 'skip',
    help: 'When the last run still goes on: leave this one out, run it afterwards, or stop the last one.',
  }),
};

/** Read again for each process of a section. */
export const lifecycleProcessSchema = {
  ready_check: optional({
    ...EACH,
    // The descriptor and NOTIFY_SOCKET are given at the start.
    onChange: 'restart',
    type: readyProbe,
    example: 'http://127.0.0.1:8080/',
    help: 'What tells that it is ready. An URL answers with 2xx or 3xx, whatever its certificate; a command, run without a shell, exits with 0; `notify` is sd_notify; `fd:N` gets a newline; `log:` matches a line of its output, of which it sees 64 KiB.',
  }),
  health_check: optional({
    ...EACH,
    type: healthProbe,
    example: 'tcp://127.0.0.1:8080',
    help: 'What tells that it is alive. Without a ready_check its first success means ready.',
  }),
  pre_start: optional({
    ...EACH,
    type: text,
    example: '/usr/bin/app --migrate',
    help: 'Command run to its end before each start, as the same user; its failure is a failed start.',
  }),
  post_stop: optional({
    ...EACH,
    type: text,
    example: '/usr/bin/app --clean',
    help: 'Command run to its end after each end of the program, with INITVISOR_EXIT_CODE or INITVISOR_EXIT_SIGNAL in its environment.',
  }),
};

export const lifecycleSchema = { ...lifecycleSectionSchema, ...lifecycleProcessSchema };
