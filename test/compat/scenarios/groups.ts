import { awaitFile, awaitLine, running, type Scenario, signalDaemon, write } from '../scenario.ts';

const program = (name: string, options = '') => `[program:${name}]\ncommand=sleep 1000\n${options}`;
const up = (name: string) => [
  `INFO spawned: '${name}' with pid N`,
  `INFO success: ${name} entered RUNNING state, process has stayed up for > than 1 seconds (startsecs)`,
  `WARN stopped: ${name} (terminated by SIGTERM)`,
];
const SLOW_TO_STOP = `sh -c 'trap "sleep 0.5; exit 0" TERM; touch %DIR%/ready; while :; do sleep 0.05; done'`;
const SPAWNED = /spawned: /;
const DOWN = /killing |stopped: /;

export const GROUP_SCENARIOS: readonly Scenario[] = [
  {
    name: 'programs start by priority and stop in the reverse order',
    config: `[supervisord]\nloglevel=debug\n${program('a', 'priority=30\n')}${program('b', 'priority=10\n')}${program('c', 'priority=20\n')}`,
    script: [running('a'), running('b'), running('c')],
    order: /spawned: |stopped: |killing /,
  },
  {
    name: 'groups start by their own priority, their programs by theirs',
    config: `${program('a', 'priority=1\n')}${program('b', 'priority=2\n')}${program('c', 'priority=3\n')}${program('d', 'priority=50\n')}[group:late]\nprograms=b,a\npriority=100\n[group:early]\nprograms=c\npriority=10\n`,
    script: ['a', 'b', 'c', 'd'].map((name) => running(name)),
    order: SPAWNED,
    differs: {
      why: 'the priority of a program counts within a group as well, as documented',
      ours: {
        order: ['c', 'd', 'a', 'b'].map((name) => `INFO spawned: '${name}' with pid N`),
        log: {
          '': [
            'INFO supervisord started with pid N',
            'WARN received SIGTERM indicating exit request',
            'INFO waiting for c, d, a, b to die',
          ],
          a: up('a'),
          b: up('b'),
          c: up('c'),
          d: up('d'),
        },
      },
    },
  },
  {
    name: 'the programs of a group start in the order in which it names them',
    config: `${program('a')}${program('b')}${program('c')}[group:g]\nprograms=b,c,a\n`,
    script: ['a', 'b', 'c'].map((name) => running(name)),
    order: SPAWNED,
  },
  {
    name: 'programs of equal priority start by name',
    config: program('b') + program('a') + program('c'),
    script: ['a', 'b', 'c'].map((name) => running(name)),
    order: SPAWNED,
  },
  {
    name: 'programs of equal priority stop together',
    config: `[supervisord]\nloglevel=debug\n[program:a]\ncommand=${SLOW_TO_STOP}\n${program('b')}`,
    script: [running('a'), running('b'), awaitFile('ready')],
    order: DOWN,
    differs: {
      why: 'programs of equal priority stop together, not one after another',
      ours: {
        order: [
          'DEBG killing b (pid N) with signal SIGTERM',
          'DEBG killing a (pid N) with signal SIGTERM',
          'WARN stopped: b (terminated by SIGTERM)',
          'INFO stopped: a (exit status 0)',
        ],
      },
    },
  },
  {
    name: 'the programs of a group stop together',
    config: `[supervisord]\nloglevel=debug\n${program('a')}${program('b')}[group:g]\nprograms=a,b\n`,
    script: [running('a'), running('b')],
    order: /killing /,
  },
  {
    name: 'a program in two groups runs twice',
    config: `${program('a')}[group:one]\nprograms=a\n[group:two]\nprograms=a\n`,
    script: [running('a', 2)],
  },
  {
    name: 'numbered processes',
    config: program('w', 'numprocs=3\nnumprocs_start=7\nprocess_name=%(program_name)s_%(process_num)02d\n'),
    script: ['w_07', 'w_08', 'w_09'].map((name) => running(name)),
    order: SPAWNED,
  },
  {
    name: 'an empty group',
    config: `${program('a')}[group:empty]\nprograms=\n`,
    script: [running('a')],
  },
  {
    name: 'included files, one pattern without a match',
    config: '[include]\nfiles=conf.d/*.conf nothing/*.conf\n',
    files: {
      'conf.d/b.conf': program('b', 'directory=%(here)s\n'),
      'conf.d/a.conf': program('a', 'priority=1\n'),
      'conf.d/c.off': program('c'),
    },
    script: [running('a'), running('b')],
    order: SPAWNED,
  },
  {
    name: 'SIGHUP brings a program of a changed file',
    config: '[include]\nfiles=conf.d/*.conf\n',
    files: { 'conf.d/a.conf': program('a') },
    script: [running('a'), write('conf.d/b.conf', program('b')), signalDaemon('SIGHUP'), running('b')],
    differs: {
      why: 'SIGHUP re-reads and applies what changed instead of starting everything anew',
      ours: {
        log: {
          '': [
            'INFO Included extra file "%DIR%/conf.d/a.conf" during parsing',
            'INFO supervisord started with pid N',
            'WARN received SIGHUP indicating restart request',
            'INFO Included extra file "%DIR%/conf.d/a.conf" during parsing',
            'INFO Included extra file "%DIR%/conf.d/b.conf" during parsing',
            'INFO added: b',
            'WARN received SIGTERM indicating exit request',
            'INFO waiting for a, b to die',
          ],
          a: up('a'),
          b: up('b'),
        },
      },
    },
  },
  {
    name: 'an orphan is reaped by PID 1',
    config: "[program:x]\ncommand=sh -c '(sleep 1.5 &); exec sleep 1000'\n",
    asPid1: true,
    needs: ['root', 'pid namespaces'],
    script: [running('x'), awaitLine(/reaped unknown pid/)],
  },
];
