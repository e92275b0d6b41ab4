import { awaitFile, awaitLine, exited, running, type Scenario, signalDaemon } from '../scenario.ts';
import { FAMILY, STUBBORN } from './scripts.ts';

const SIGNALS = ['TERM', 'INT', 'QUIT', 'HUP', 'USR1', 'USR2', 'KILL'] as const;

const bySignal: readonly Scenario[] = SIGNALS.map((signal) => ({
  name: `stopsignal ${signal}`,
  config: `[supervisord]\nloglevel=debug\n[program:x]\ncommand=sleep 1000\nstopsignal=${signal}\n`,
  script: [running('x')],
}));

const byExit: readonly Scenario[] = [
  [0, ''],
  [5, ''],
  [5, 'exitcodes=5'],
].map(([code, options]) => ({
  name: `a stop answered by exit ${code} ${options}`,
  config: `[program:x]\ncommand=sh -c 'trap "exit ${code}" TERM; touch ready; while :; do sleep 0.05; done'\ndirectory=%DIR%\n${options}\n`,
  script: [running('x'), awaitFile('ready')],
}));

const family = (name: string, options: string, more: Partial<Scenario> = {}): Scenario => ({
  name,
  config: `[program:x]\ncommand=%DIR%/family\n${options}`,
  files: { family: FAMILY },
  script: [running('x'), awaitFile('child.log', /up/)],
  observe: ['child.log'],
  ...more,
});

export const STOP_SCENARIOS: readonly Scenario[] = [
  ...bySignal,
  ...byExit,
  {
    name: 'a stubborn program is killed after stopwaitsecs',
    config: '[program:x]\ncommand=%DIR%/stubborn %DIR%/ready\nstopwaitsecs=1\n',
    files: { stubborn: STUBBORN },
    script: [running('x'), awaitFile('ready')],
  },
  {
    name: 'a stubborn program is waited for aloud',
    config: '[program:x]\ncommand=%DIR%/stubborn %DIR%/ready\nstopwaitsecs=5\n',
    files: { stubborn: STUBBORN },
    script: [running('x'), awaitFile('ready')],
  },
  {
    name: 'a stubborn program is killed, with all that is said at debug level',
    config:
      '[supervisord]\nloglevel=debug\n[program:x]\ncommand=%DIR%/stubborn %DIR%/ready\nstopwaitsecs=1\nkillasgroup=true\n',
    files: { stubborn: STUBBORN },
    script: [running('x'), awaitFile('ready')],
  },
  family('stopasgroup reaches a child', 'stopasgroup=true\n'),
  family('stopasgroup is said at debug level', 'stopasgroup=true\n[supervisord]\nloglevel=debug\n'),
  family('without stopasgroup a child is told as well', '', {
    differs: {
      why: 'a stop lasts until the whole process group is gone, and who is left of it gets the stop signal',
      ours: { files: { 'child.log': 'up\nTERM\n' } },
    },
  }),
  {
    name: 'without killasgroup a stubborn child is killed as well',
    config: "[program:x]\ncommand=sh -c '%DIR%/stubborn %DIR%/ready & exec sleep 1000'\nstopwaitsecs=1\n",
    files: { stubborn: STUBBORN },
    script: [running('x'), awaitFile('ready')],
    differs: {
      why: 'a stop lasts until the whole process group is gone, and who has to be killed is named',
      ours: {
        log: {
          '': [
            'INFO supervisord started with pid N',
            "INFO spawned: 'x' with pid N",
            'INFO success: x entered RUNNING state, process has stayed up for > than 1 seconds (startsecs)',
            'WARN received SIGTERM indicating exit request',
            'INFO waiting for x to die',
            "WARN killing what 'x' left behind: N (sleep)",
            'WARN stopped: x (terminated by SIGTERM)',
          ],
        },
      },
    },
  },
  {
    name: 'killasgroup reaches a stubborn child',
    config:
      '[program:x]\ncommand=sh -c \'trap "" TERM; %DIR%/stubborn %DIR%/ready\'\nstopwaitsecs=1\nkillasgroup=true\n',
    files: { stubborn: STUBBORN },
    script: [running('x'), awaitFile('ready')],
  },
  {
    name: 'a second SIGTERM kills at once',
    // Less than the 3 seconds after which upstream says again what it waits for.
    config: '[program:x]\ncommand=%DIR%/stubborn %DIR%/ready\nstopwaitsecs=2\n',
    files: { stubborn: STUBBORN },
    script: [
      running('x'),
      awaitFile('ready'),
      signalDaemon('SIGTERM'),
      awaitLine(/waiting for x to die/),
      signalDaemon('SIGTERM'),
    ],
    differs: {
      why: 'a second request to end kills at once',
      ours: {
        log: {
          '': [
            'INFO supervisord started with pid N',
            "INFO spawned: 'x' with pid N",
            'INFO success: x entered RUNNING state, process has stayed up for > than 1 seconds (startsecs)',
            'WARN received SIGTERM indicating exit request',
            'INFO waiting for x to die',
            'WARN received SIGTERM indicating exit request',
            'WARN killing all programs at once',
            'WARN stopped: x (terminated by SIGKILL)',
          ],
        },
      },
    },
  },
  {
    name: 'an orphan is reaped by a daemon that is not PID 1',
    config:
      "[program:x]\ncommand=sh -c '(sleep 1.5 &); exec sleep 1000'\n[program:y]\ncommand=sleep 2.5\nautorestart=false\n",
    script: [running('x'), exited('y')],
    order: /reaped unknown/,
    differs: {
      why: 'a daemon that is not PID 1 becomes a subreaper',
      ours: { order: ['INFO reaped unknown pid N (exit status 0)'] },
    },
  },
  {
    name: 'SIGHUP during a shutdown is ignored',
    config: '[program:x]\ncommand=%DIR%/stubborn %DIR%/ready\nstopwaitsecs=2\n',
    files: { stubborn: STUBBORN },
    script: [
      running('x'),
      awaitFile('ready'),
      signalDaemon('SIGTERM'),
      awaitLine(/waiting for x to die/),
      signalDaemon('SIGHUP'),
    ],
  },
];
