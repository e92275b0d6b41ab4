import { awaitFile, awaitLine, move, running, type Scenario, signalDaemon, write } from '../scenario.ts';

const BOTH = `command=sh -c 'echo out; echo err >&2; exec sleep 1000'\n`;
/** Eight lines of 17 bytes, apart in time so that each is a chunk of its own. */
const LINES = `#!/bin/sh
for n in 1 2 3 4 5 6 7 8; do echo "line $n of sixteen"; sleep 0.1; done
exec sleep 1000
`;

const rotating = (backups: number): Scenario => ({
  name: `rotation with ${backups} backups`,
  config: `[program:x]\ncommand=%DIR%/lines\nstdout_logfile=%DIR%/out/log\nstdout_logfile_maxbytes=40\nstdout_logfile_backups=${backups}\n`,
  files: { lines: LINES, 'out/.keep': '' },
  script: [awaitFile('out/log', /line 8/), running('x')],
  observe: ['out/', 'out/log', 'out/log.1', 'out/log.2'],
});

export const LOG_SCENARIOS: readonly Scenario[] = [
  {
    name: 'logs with a name',
    config: `[program:x]\n${BOTH}stdout_logfile=%DIR%/%(program_name)s.out\nstderr_logfile=%DIR%/x.err\n`,
    script: [awaitFile('x.out', /out/), awaitFile('x.err', /err/), running('x')],
    observe: ['x.out', 'x.err', 'logs/'],
  },
  {
    name: 'logs are appended to',
    config: `[program:x]\n${BOTH}stdout_logfile=%DIR%/x.out\n`,
    files: { 'x.out': 'before\n' },
    script: [awaitFile('x.out', /out/), running('x')],
    observe: ['x.out'],
  },
  {
    name: 'redirect_stderr',
    config: `[program:x]\n${BOTH}redirect_stderr=true\nstdout_logfile=%DIR%/x.out\nstderr_logfile=%DIR%/x.err\n`,
    script: [awaitFile('x.out', /err/), running('x')],
    observe: ['x.out', 'x.err', 'logs/'],
  },
  {
    name: 'NONE',
    config: `[program:x]\n${BOTH}stdout_logfile=NONE\nstderr_logfile=/dev/null\n`,
    script: [running('x')],
    observe: ['logs/'],
  },
  {
    name: 'automatic names',
    config: `[program:x]\n${BOTH}[program:y]\ncommand=sleep 1000\nautostart=false\nstderr_logfile=NONE\n`,
    script: [running('x')],
    observe: ['logs/'],
  },
  {
    name: 'automatic logs of an earlier run are cleared away',
    config: `[program:x]\ncommand=sleep 1000\nstdout_logfile=NONE\nstderr_logfile=NONE\n`,
    files: {
      'logs/x-stdout---supervisor-abcdefgh.log': 'old',
      'logs/x-stdout---supervisor-abcdefgi.log.1': 'old',
      'logs/x-stdout---other-abcdefgh.log': 'not ours',
      'logs/unrelated.log': 'not ours',
    },
    script: [running('x')],
    observe: ['logs/'],
  },
  {
    name: 'nocleanup keeps automatic logs',
    config: `[supervisord]\nnocleanup=true\n[program:x]\ncommand=sleep 1000\nstdout_logfile=NONE\nstderr_logfile=NONE\n`,
    files: { 'logs/x-stdout---supervisor-abcdefgh.log': 'old' },
    script: [running('x')],
    observe: ['logs/'],
  },
  ...[0, 1, 2].map(rotating),
  {
    name: 'no rotation with maxbytes 0',
    config: '[program:x]\ncommand=%DIR%/lines\nstdout_logfile=%DIR%/out/log\nstdout_logfile_maxbytes=0\n',
    files: { lines: LINES, 'out/.keep': '' },
    script: [awaitFile('out/log', /line 8/), running('x')],
    observe: ['out/', 'out/log'],
  },
  {
    name: 'output at debug level',
    config: `[supervisord]\nloglevel=debug\n[program:x]\ncommand=sh -c 'printf "a\\nb\\n"; sleep 0.5; echo later >&2; exec sleep 1000'\n`,
    script: [awaitLine(/later/), running('x')],
  },
  {
    name: 'a log level above all that is said',
    config:
      '[supervisord]\nloglevel=warn\n[program:x]\ncommand=sleep 1000\n[program:y]\ncommand=sh -c "touch %DIR%/up; exec sleep 1000"\n',
    script: [awaitFile('up')],
  },
  {
    name: 'a flag wins over the file',
    config: '[supervisord]\nloglevel=debug\n[program:x]\ncommand=sh -c "touch %DIR%/up; exec sleep 1000"\n',
    args: ['-e', 'warn', '-j', '%DIR%/other.pid'],
    script: [awaitFile('up'), awaitFile('other.pid')],
    observe: ['main.log'],
  },
  {
    name: 'a silent daemon writes to its log only',
    config: '[supervisord]\nsilent=true\n[program:x]\ncommand=sleep 1000\n',
    script: [awaitFile('main.log', /success: x/)],
    observe: ['main.log'],
  },
  {
    name: 'SIGUSR2 opens moved logs anew',
    config: `[program:x]\ncommand=%DIR%/steps\nstdout_logfile=%DIR%/x.out\n`,
    files: {
      steps: '#!/bin/sh\ncd %DIR%\necho one\nwhile [ ! -e go ]; do sleep 0.05; done\necho two\nexec sleep 1000\n',
    },
    script: [
      awaitFile('x.out', /one/),
      running('x'),
      move('x.out', 'x.old'),
      move('main.log', 'main.old'),
      signalDaemon('SIGUSR2'),
      awaitFile('x.out'),
      awaitFile('main.log'),
      write('go'),
      awaitFile('x.out', /two/),
    ],
    observe: ['x.old', 'x.out', 'main.old', 'main.log'],
  },
  {
    name: 'the last words of a program',
    config: `[program:x]\ncommand=sh -c 'sleep 1.5; echo last; printf words'\nstartsecs=0\nautorestart=false\nstdout_logfile=%DIR%/x.out\n`,
    script: [awaitLine(/exited: x/)],
    observe: ['x.out'],
  },
];
