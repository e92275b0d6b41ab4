import { awaitFile, awaitLine, exited, running, type Scenario, signalDaemon } from '../scenario.ts';

const PLAIN = '[program:x]\ncommand=sleep 1000\n';
/** Upstream tells a quick end from a start by its one-second poll, so that all of these live for a while. */
const SHORT = "command=sh -c 'sleep 0.3; exit 0'\nstartsecs=10\n";

const signals: readonly Scenario[] = (['SIGTERM', 'SIGINT', 'SIGQUIT'] as const).map((signal) => ({
  name: `${signal} to the daemon stops a program`,
  config: PLAIN,
  script: [running('x'), signalDaemon(signal)],
  observe: ['pid'],
}));

const ladders: readonly Scenario[] = [0, 1, 3].map((retries) => ({
  name: `a program that ends too quickly is given up after ${retries} retries`,
  config: `[program:x]\n${SHORT}startretries=${retries}\n`,
  script: [awaitLine(/gave up: x /)],
}));

export const START_SCENARIOS: readonly Scenario[] = [
  ...signals,
  ...ladders,
  {
    name: 'a nonzero code too quickly',
    config: "[program:x]\ncommand=sh -c 'sleep 0.3; exit 7'\nstartsecs=10\nstartretries=1\nexitcodes=7\n",
    script: [awaitLine(/gave up: x /)],
  },
  {
    name: 'a signal too quickly',
    config: "[program:x]\ncommand=sh -c 'sleep 0.3; kill -USR1 $$'\nstartsecs=10\nstartretries=0\n",
    script: [awaitLine(/gave up: x /)],
  },
  {
    name: 'autorestart=false does not keep a failed start from being tried again',
    config: `[program:x]\n${SHORT}startretries=1\nautorestart=false\n`,
    script: [awaitLine(/gave up: x /)],
  },
  {
    name: 'a shutdown while a program waits for its next try',
    config: `[program:x]\n${SHORT}startretries=5\n`,
    script: [exited('x', 3)],
  },
  {
    name: 'a stop while starting',
    // Upstream loses a signal that comes between its fork and its exec.
    config: '[program:x]\ncommand=sh -c "touch %DIR%/up; exec sleep 1000"\nstartsecs=100\n',
    script: [awaitFile('up')],
  },
  {
    name: 'startsecs=0 and a program that stays',
    config: `${PLAIN}startsecs=0\n`,
    script: [running('x')],
  },
  {
    name: 'startsecs=0 and a program that ends soon',
    config: "[program:x]\ncommand=sh -c 'sleep 0.3; exit 0'\nstartsecs=0\nautorestart=false\n",
    script: [exited('x')],
  },
  {
    name: 'startsecs=0 and a program that fails soon',
    config: "[program:x]\ncommand=sh -c 'sleep 0.3; exit 1'\nstartsecs=0\nautorestart=false\n",
    script: [exited('x')],
  },
  {
    name: 'startsecs=0 and a program that comes back twice',
    config: '[program:x]\ncommand=%DIR%/twice\ndirectory=%DIR%\nstartsecs=0\nautorestart=true\n',
    files: {
      twice: '#!/bin/sh\nsleep 0.3\n[ -e two ] && exec sleep 1000\n[ -e one ] && touch two\ntouch one\n',
    },
    script: [exited('x', 2), running('x', 3), awaitFile('two')],
  },
  {
    name: 'startsecs=2',
    config: `${PLAIN}startsecs=2\n`,
    script: [running('x')],
  },
  {
    name: 'a program that does not start by itself',
    config: `${PLAIN}autostart=false\n[program:y]\ncommand=sleep 1000\n`,
    script: [running('y')],
  },
  {
    name: 'the pidfile has the pid of the daemon',
    config: '[program:x]\ncommand=sh -c \'test "$(cat %(here)s/pid)" = $PPID && exec sleep 1000\'\n',
    script: [running('x')],
    observe: ['pid'],
  },
  {
    name: 'a pidfile that cannot be written',
    config: `[supervisord]\npidfile=%DIR%/logs\n${PLAIN}`,
    script: [running('x')],
    differs: {
      why: 'the reason is said',
      ours: {
        log: {
          '': [
            'CRIT could not write pidfile %DIR%/logs: EISDIR',
            "INFO spawned: 'x' with pid N",
            'INFO success: x entered RUNNING state, process has stayed up for > than 1 seconds (startsecs)',
            'WARN received SIGTERM indicating exit request',
            'INFO waiting for x to die',
            'WARN stopped: x (terminated by SIGTERM)',
          ],
        },
      },
    },
  },
  {
    name: 'no programs at all',
    config: '',
    script: [awaitLine(/supervisord started/)],
  },
];
