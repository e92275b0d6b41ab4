import { awaitFile, running, type Scenario } from '../scenario.ts';
import { REPORT } from './scripts.ts';

/** What a command prints when a daemon runs it as a program. */
const reporting = (name: string, command: string, options = '', more: Partial<Scenario> = {}): Scenario => ({
  name,
  config: `[program:x]\ncommand=%DIR%/report ${command}\n${options}\n`,
  files: { report: REPORT },
  script: [awaitFile('report.txt'), running('x')],
  observe: ['report.txt'],
  ...more,
});

/** Values of variables, one a line. */
const values = (...names: readonly string[]) => `sh -c 'for n in ${names.join(' ')}; do eval echo $n=\\$$n; done'`;
const SUPERVISOR_NAMES = ['ENABLED', 'SERVER_URL', 'PROCESS_NAME', 'GROUP_NAME'].map((name) => `SUPERVISOR_${name}`);
const LIMITS = [
  { name: 'limits that suffice', options: '[supervisord]\nminfds=20', report: '4096\n4096\n' },
  { name: 'limits that are raised', options: '', report: '4096\n4096\n' },
] as const;
const IGNORED = 'sed -n /^Sig[BIC]/p /proc/self/status';

export const ENVIRONMENT_SCENARIOS: readonly Scenario[] = [
  reporting('what a program learns about itself', values(...SUPERVISOR_NAMES)),
  reporting('what a program learns about itself with a server', values(...SUPERVISOR_NAMES), 'serverurl=AUTO', {
    config: `[unix_http_server]\nfile=%DIR%/sock\n[program:x]\ncommand=%DIR%/report ${values(...SUPERVISOR_NAMES)}\n`,
  }),
  reporting('a serverurl of its own', values('SUPERVISOR_SERVER_URL'), 'serverurl=http://localhost:1'),
  reporting('a process in a group', values(...SUPERVISOR_NAMES), '[group:g]\nprograms=x'),
  reporting(
    'the environment of the program wins over the global one, that one over the inherited one',
    values('A', 'B', 'C', 'D'),
    'environment=C=program,D="%(ENV_A)s-%(ENV_B)s"\n[supervisord]\nenvironment=B=global,C=global',
    { env: { A: 'inherited', B: 'inherited', C: 'inherited' } },
  ),
  reporting(
    'SUPERVISOR_ variables can be overridden',
    values('SUPERVISOR_ENABLED', 'SUPERVISOR_PROCESS_NAME', 'SUPERVISOR_GROUP_NAME'),
    'environment=SUPERVISOR_ENABLED="0",SUPERVISOR_PROCESS_NAME=other\n[supervisord]\nenvironment=SUPERVISOR_GROUP_NAME=mine',
  ),
  reporting('inherited SUPERVISOR_ variables are overwritten', values('SUPERVISOR_PROCESS_NAME'), '', {
    env: { SUPERVISOR_PROCESS_NAME: 'outer' },
  }),
  reporting('ENV_ names in a command', 'echo %(ENV_WHO)s %(program_name)s %(process_num)d', '', { env: { WHO: 'me' } }),
  reporting('the umask of a program', 'sh -c umask', 'umask=027'),
  reporting('the umask by default', 'sh -c umask'),
  reporting('the umask of the daemon holds in the foreground too', 'sh -c umask', '[supervisord]\numask=077', {
    differs: {
      why: 'umask and directory of [supervisord] hold in the foreground too',
      ours: { files: { 'report.txt': '0077\n' } },
    },
  }),
  reporting('the directory of the daemon holds in the foreground too', 'pwd', '[supervisord]\ndirectory=/usr', {
    differs: {
      why: 'umask and directory of [supervisord] hold in the foreground too',
      ours: {
        files: { 'report.txt': '/usr\n' },
        log: {
          '': [
            "INFO set current directory: '/usr'",
            'INFO supervisord started with pid N',
            "INFO spawned: 'x' with pid N",
            'INFO success: x entered RUNNING state, process has stayed up for > than 1 seconds (startsecs)',
            'WARN received SIGTERM indicating exit request',
            'INFO waiting for x to die',
            'WARN stopped: x (terminated by SIGTERM)',
          ],
        },
      },
    },
  }),
  reporting('the directory of a program', 'pwd', 'directory=/usr/bin'),
  reporting('the directory by default', 'pwd'),
  reporting('the user', `sh -c 'id -u; id -g; id -G; echo $HOME $USER $LOGNAME'`, 'user=nobody', {
    env: { HOME: '/h', USER: 'u', LOGNAME: 'l' },
    modes: { '.': 0o777 },
    needs: ['root'],
  }),
  reporting('a number as user', `sh -c 'id -u; id -g; id -G'`, 'user=65534', {
    modes: { '.': 0o777 },
    needs: ['root'],
  }),
  reporting('inherited descriptors', 'sh -c "cd /proc/$$/fd && ls"'),
  reporting('kinds of descriptors', `sh -c 'for n in 0 1 2; do stat -Lc %%F /proc/'$$'/fd/$n; done'`),
  reporting(
    'the process group of a program is its own',
    `sh -c 'ps -o pgid= -p $PPID | xargs test $PPID -eq && echo own'`,
  ),
  reporting(
    'the session of a program is that of the daemon',
    `sh -c 'ps -o sid= -p $PPID >a; ps -o sid= -p $(ps -o ppid= -p $PPID) >b; cmp a b && echo same'`,
    'directory=%DIR%',
  ),
  reporting('signals that a program ignores or blocks', IGNORED, '', {
    differs: {
      why: 'the signals that a runtime ignores for itself are not handed on to programs',
      ours: {
        files: { 'report.txt': 'SigBlk:\t0000000000000000\nSigIgn:\t0000000000000000\nSigCgt:\t0000000000000000\n' },
      },
    },
  }),
  ...LIMITS.map(({ name, options, report }) =>
    reporting(name, `sh -c 'ulimit -Sn; ulimit -Hn'`, options, {
      wrapper: ['prlimit', '--nofile=512:4096'],
      differs: {
        why: 'Node raises its own soft limit to the hard one before it runs a line of ours: the old one is lost',
        ours: { files: { 'report.txt': report } },
      },
    }),
  ),
];
