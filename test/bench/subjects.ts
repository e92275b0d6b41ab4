import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { INITVISOR, ROOT } from '../support/daemon.ts';

/** What a subject is to keep running: `count` processes of one command. */
export interface Load {
  readonly dir: string;
  readonly count: number;
  readonly command: readonly string[];
  /** Opens a control server on SOCKET in `dir`. */
  readonly serves?: boolean;
  /** One more program, which writes to its log as fast as it can. */
  readonly floods?: boolean;
}

/** The control socket's file. */
export const SOCKET = 'sock';

export interface Subject {
  readonly name: string;
  /** Why it cannot take part, null when it can. */
  readonly missing: () => string | null;
  readonly commandLine: (load: Load) => readonly string[];
}

const without = (path: string) => () => (existsSync(path) ? null : `no ${path}`);

const serverLines = (path: string): string[] => [
  `[unix_http_server]\nfile=${path}`,
  '[rpcinterface:supervisor]',
  'supervisor.rpcinterface_factory=supervisor.rpcinterface:make_main_rpcinterface',
  `[supervisorctl]\nserverurl=unix://${path}`,
];

/** Both daemons read this very file; logs go where they go by default. */
function writeConfig({ dir, count, command, serves = false, floods = false }: Load): string {
  const path = join(dir, 'supervisord.conf');
  const lines = [
    '[supervisord]',
    'nodaemon=true',
    `logfile=${dir}/supervisord.log`,
    `pidfile=${dir}/supervisord.pid`,
    `childlogdir=${dir}`,
    // Three pipes a program.
    `minfds=${Math.max(1024, count * 4)}`,
    '[program:p]',
    `command=${command.join(' ')}`,
    'process_name=%(program_name)s_%(process_num)04d',
    `numprocs=${count}`,
    ...(floods ? ['[program:flood]', 'command=yes', 'stdout_logfile_maxbytes=4MB', 'stdout_logfile_backups=1'] : []),
    ...(serves ? serverLines(`${dir}/${SOCKET}`) : []),
  ];
  writeFileSync(path, `${lines.join('\n')}\n`);
  return path;
}

export const INITVISOR_SUBJECT: Subject = {
  name: 'initvisor',
  missing: without(INITVISOR),
  commandLine: (load) => [process.execPath, INITVISOR, '-c', writeConfig(load)],
};

export const LEAST_SUBJECT: Subject = {
  name: 'least node',
  missing: () => null,
  commandLine: ({ count, command }) => [
    process.execPath,
    join(ROOT, 'test/bench/least.cjs'),
    String(count),
    ...command,
  ],
};

export const SUPERVISOR_SUBJECT: Subject = {
  name: 'supervisor',
  missing: without('/usr/bin/supervisord'),
  commandLine: (load) => ['/usr/bin/supervisord', '-c', writeConfig(load)],
};

/** Whoever keeps several programs running. */
export const SUPERVISORS: readonly Subject[] = [INITVISOR_SUBJECT, LEAST_SUBJECT, SUPERVISOR_SUBJECT];

/** Whoever is made to run one command. */
const TINI_SUBJECTS: readonly Subject[] = [
  {
    name: 'tini',
    missing: without('/usr/bin/tini'),
    commandLine: ({ command }) => ['/usr/bin/tini', '--', ...command],
  },
  {
    name: 'dumb-init',
    missing: without('/usr/bin/dumb-init'),
    commandLine: ({ command }) => ['/usr/bin/dumb-init', ...command],
  },
];

export const INIT_MODE_SUBJECT: Subject = {
  name: 'init mode',
  missing: without(INITVISOR),
  commandLine: ({ command }) => [process.execPath, INITVISOR, '--', ...command],
};

/** Node's own way from start to end, whatever the command. */
export const EMPTY_NODE_SUBJECT: Subject = {
  name: 'node -e 0',
  missing: () => null,
  commandLine: () => [process.execPath, '-e', '0'],
};

const BARE_SUBJECT: Subject = { name: 'bare', missing: () => null, commandLine: ({ command }) => command };

/** Inits of one command, and what there is without any. */
export const ONE_COMMAND: readonly Subject[] = [INIT_MODE_SUBJECT, ...TINI_SUBJECTS];
export const ONE_COMMAND_AND_LEAST: readonly Subject[] = [...ONE_COMMAND, EMPTY_NODE_SUBJECT, BARE_SUBJECT];

/** Whoever is PID 1 of one program at least. */
export const INITS: readonly Subject[] = [...SUPERVISORS, ...ONE_COMMAND];
