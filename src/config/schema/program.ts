import { logFile, user } from '../host-types.ts';
import { stopSteps } from '../life-types.ts';
import { option, optional } from '../option.ts';
import * as types from '../value-types.ts';
import { lifecycleProcessSchema, lifecycleSectionSchema } from './lifecycle.ts';

const APPLY = { expand: 'section', onChange: 'apply' } as const;
const RESTART = { expand: 'section', onChange: 'restart' } as const;
const EACH = { expand: 'process', onChange: 'restart' } as const;

function capture(stream: 'stdout' | 'stderr') {
  return option({
    ...RESTART,
    type: types.byteSize,
    default: '0',
    unit: 'bytes',
    rpcKey: `${stream}_capture_maxbytes`,
    help: `Size of the buffer for text that ${stream} marks as an event; 0 looks for none.`,
  });
}

function events(stream: 'stdout' | 'stderr') {
  return option({
    ...RESTART,
    type: types.boolean,
    default: 'false',
    rpcKey: `${stream}_events_enabled`,
    help: `Send PROCESS_LOG events for ${stream}.`,
  });
}

/** Read once for a section, in Supervisor's order. */
export const programSectionSchema = {
  priority: option({
    ...APPLY,
    type: types.integer,
    default: '999',
    rpcKey: 'process_prio',
    help: 'Lower starts earlier and stops later.',
  }),
  autostart: optional({
    ...APPLY,
    type: types.boolean,
    rpcKey: 'autostart',
    example: 'true',
    help: 'Start together with the daemon; the default is true, with a schedule false.',
  }),
  autorestart: optional({
    ...APPLY,
    type: types.autorestart,
    rpcKey: 'autorestart',
    example: 'unexpected',
    help: 'Start again after an exit: always, never, or after an exit code that exitcodes does not list (`unexpected`, the default; with main=true or a schedule the default is false).',
  }),
  startsecs: optional({
    ...APPLY,
    type: types.integer,
    unit: 'seconds',
    rpcKey: 'startsecs',
    example: '1',
    help: 'Time to stay up before the start counts as successful; 0: no minimum. The default is 1, with oneshot or a schedule 0.',
  }),
  startretries: option({
    ...APPLY,
    type: types.integer,
    default: '3',
    rpcKey: 'startretries',
    help: 'Failed starts in a row before the program becomes FATAL; -1 tries for ever.',
  }),
  stopsignal: option({
    ...APPLY,
    type: stopSteps,
    default: 'TERM',
    rpcKey: 'stopsignal',
    help: 'Signal that asks the program to stop; or several with the seconds until the next, before SIGKILL: `TERM:10 INT:5`.',
  }),
  stopwaitsecs: option({
    ...APPLY,
    type: types.integer,
    default: '10',
    unit: 'seconds',
    rpcKey: 'stopwaitsecs',
    help: 'Time from the stop signal to SIGKILL.',
  }),
  stopasgroup: option({
    ...APPLY,
    type: types.boolean,
    default: 'false',
    help: 'Send the stop signal to the whole process group; implies killasgroup.',
  }),
  killasgroup: optional({
    ...APPLY,
    type: types.boolean,
    rpcKey: 'killasgroup',
    example: 'true',
    help: 'Send SIGKILL to the whole process group; by default the value of stopasgroup.',
  }),
  exitcodes: option({
    ...APPLY,
    type: types.exitCodes,
    default: '0',
    rpcKey: 'exitcodes',
    help: 'Exit codes that are expected.',
  }),
  redirect_stderr: option({
    ...RESTART,
    type: types.boolean,
    default: 'false',
    rpcKey: 'redirect_stderr',
    help: "Send stderr where stdout goes, as the shell's 2>&1.",
  }),
  numprocs: option({
    ...RESTART,
    type: types.processCount,
    default: '1',
    help: 'How many processes to run of it; `auto`: one for each CPU of the container.',
  }),
  numprocs_start: option({ ...RESTART, type: types.integer, default: '0', help: 'First process_num.' }),
  stdout_capture_maxbytes: capture('stdout'),
  stdout_events_enabled: events('stdout'),
  stderr_capture_maxbytes: capture('stderr'),
  stderr_events_enabled: events('stderr'),
  serverurl: option({
    ...RESTART,
    type: types.serverUrl,
    default: 'AUTO',
    rpcKey: 'serverurl',
    help: 'Value of SUPERVISOR_SERVER_URL; AUTO takes it from the servers that are configured.',
  }),
  user: optional({ ...RESTART, type: user, rpcKey: 'uid', example: 'www-data', help: 'User, or uid, to run as.' }),
  umask: optional({
    ...RESTART,
    type: types.octal,
    example: '022',
    help: 'File mode creation mask; by default inherited.',
  }),
  main: option({
    ...APPLY,
    type: types.boolean,
    default: 'false',
    since: 'initvisor',
    help: 'When it ends for good the others are stopped and the container exits with its status.',
  }),
  exit_on_fatal: optional({
    ...APPLY,
    type: types.boolean,
    since: 'initvisor',
    example: 'true',
    help: "Shut the container down when it becomes FATAL; by default [supervisord]'s value.",
  }),
  console: optional({
    ...APPLY,
    type: types.consoleMode,
    since: 'initvisor',
    example: 'prefix',
    help: "Its output on the daemon's own stdout and stderr: `off`, `raw`, `prefix` or `json`; by default [supervisord]'s value. A change holds from the next start on.",
  }),
};

/** Taken as text for the section, expanded for each process. */
export const programRawSchema = {
  environment: option({
    ...EACH,
    expand: 'none',
    type: types.text,
    default: '',
    example: 'PORT="8080",MODE="prod"',
    help: "Variables, over [supervisord]'s.",
  }),
  process_name: option({
    ...EACH,
    expand: 'none',
    type: types.text,
    default: '%(program_name)s',
    help: 'Name of each process; needs %(process_num) when there are several.',
  }),
  console_prefix: optional({
    ...APPLY,
    expand: 'none',
    type: types.text,
    since: 'initvisor',
    example: '[%(process_name)s]',
    help: "What stands before each of its lines with console=prefix, a space after it; by default [supervisord]'s.",
  }),
};

function stream(name: 'stdout' | 'stderr') {
  return {
    logfile: option({
      ...EACH,
      type: logFile,
      default: 'AUTO',
      rpcKey: `${name}_logfile`,
      help: `Log of ${name}; AUTO makes a name in childlogdir, NONE keeps none.`,
    }),
    backups: option({
      ...EACH,
      type: types.integer,
      default: '10',
      rpcKey: `${name}_logfile_backups`,
      help: `Rotated logs of ${name} to keep.`,
    }),
    maxbytes: option({
      ...EACH,
      type: types.byteSize,
      default: '50MB',
      unit: 'bytes',
      rpcKey: `${name}_logfile_maxbytes`,
      help: `Size at which the log of ${name} is rotated; 0 never rotates.`,
    }),
    syslog: option({
      ...EACH,
      type: types.boolean,
      default: 'false',
      since: '4.0.0',
      rpcKey: `${name}_syslog`,
      help: `Send ${name} to syslog too, line by line.`,
    }),
  };
}

const stdout = stream('stdout');
const stderr = stream('stderr');

/** Read again for each process of a section, in Supervisor's order. */
export const programProcessSchema = {
  directory: optional({
    ...EACH,
    type: types.text,
    rpcKey: 'directory',
    example: '/srv/app',
    help: 'Directory to run in.',
  }),
  stdout_logfile: stdout.logfile,
  stdout_logfile_backups: stdout.backups,
  stdout_logfile_maxbytes: stdout.maxbytes,
  stdout_syslog: stdout.syslog,
  stderr_logfile: stderr.logfile,
  stderr_logfile_backups: stderr.backups,
  stderr_logfile_maxbytes: stderr.maxbytes,
  stderr_syslog: stderr.syslog,
  command: optional({
    ...EACH,
    type: types.text,
    rpcKey: 'command',
    example: '/usr/bin/app --flag',
    required: true,
    help: 'Program and arguments, split into words as a shell would.',
  }),
};

/** Every option of [program:x]. */
export const programSchema = {
  ...programSectionSchema,
  ...programRawSchema,
  ...programProcessSchema,
  ...lifecycleSectionSchema,
  ...lifecycleProcessSchema,
};
