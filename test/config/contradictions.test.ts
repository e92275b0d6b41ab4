import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { renderProblem } from '../../src/config/problem.ts';
import { loadText } from './sources.ts';

function problemsOf(text: string): readonly string[] {
  const result = loadText(text);
  return (result.ok ? result.warnings : result.problems).map(renderProblem);
}

const program = (options: string) => `[program:x]\ncommand=a\n${options}`;
const listener = (options: string) => `[eventlistener:x]\ncommand=a\nevents=TICK_5\n${options}`;

describe('options that say something against each other are told, with what to write', () => {
  const rows: readonly (readonly [text: string, problem: string])[] = [
    [
      program('oneshot=true\nautorestart=true'),
      '4: error: [program:x] autorestart: a oneshot runs once; leave out autorestart=true or oneshot=true',
    ],
    [
      program('startretries=-2'),
      '3: warning: [program:x] startretries: counts as -1, which tries for ever; write -1, or 0 for no second try',
    ],
    [
      program('backoff_max=3'),
      '3: warning: [program:x] backoff_max: means nothing: with startretries=3 no linear delay is longer than 3 seconds; did you mean backoff=exponential as well?',
    ],
    [
      program('stopsignal=TERM:1 KILL:1 INT'),
      '3: warning: [program:x] stopsignal: INT after KILL comes too late; KILL has to be the last',
    ],
    [
      program('stopwaitsecs=5\nstopsignal=TERM:1 INT:2 KILL'),
      '3: warning: [program:x] stopwaitsecs: means nothing, as stopsignal has its own seconds; leave one of them out',
    ],
    [program('schedule_overlap=skip'), '3: warning: [program:x] schedule_overlap: means nothing without schedule'],
    [
      program('ready_timeout=5\nhealth_check=tcp://a:1'),
      '3: warning: [program:x] ready_timeout: means nothing without ready_check',
    ],
    ...['health_interval=5', 'health_retries=5', 'health_start_period=5', 'health_action=none'].map(
      (option) =>
        [
          program(`${option}\nready_check=tcp://a:1`),
          `3: warning: [program:x] ${option.split('=')[0]}: means nothing without health_check`,
        ] as const,
    ),
    [
      program('health_timeout=5\nready_check=notify'),
      '3: warning: [program:x] health_timeout: means nothing without health_check, or a ready_check that asks',
    ],
    [
      listener('ready_check=log:up'),
      "4: error: [eventlistener:x] ready_check: an event listener's stdout carries its protocol, no lines for log:up; write notify, fd:N or a check that asks",
    ],
    [
      listener('oneshot=true'),
      '4: error: [eventlistener:x] oneshot: an event listener has to run all the time; leave it out',
    ],
    [
      listener('schedule=@daily'),
      '4: error: [eventlistener:x] schedule: an event listener has to run all the time; leave it out',
    ],
    [
      '[supervisord]\nshutdown_timeout=10\ndrain_delay=6\n',
      '3: warning: [supervisord] drain_delay: is cut to 5 seconds, half of shutdown_timeout; write shutdown_timeout=12 or more, or drain_delay=5 or less',
    ],
  ];
  for (const [text, problem] of rows) {
    it(problem, () => assert.deepEqual(problemsOf(text), [`/etc/s.conf:${problem}`]));
  }
});

describe('what goes together is left alone', () => {
  const rows = [
    'oneshot=true\nautorestart=unexpected\nstartsecs=0',
    'oneshot=false\nautorestart=true',
    'schedule=@daily\noneshot=false\nschedule_overlap=queue',
    'startretries=-1\nbackoff_max=30',
    'startretries=40\nbackoff_max=30',
    'backoff=exponential\nbackoff_max=30',
    'stopsignal=TERM:1 INT\nstopwaitsecs=5',
    'stopsignal=TERM:1 INT KILL'.replace('INT', 'INT:1'),
    'stopsignal=KILL\nstopwaitsecs=5',
    'ready_check=tcp://a:1\nready_timeout=5\nhealth_timeout=1',
    'health_check=tcp://a:1\nhealth_interval=5\nhealth_retries=1\nhealth_start_period=1\nhealth_timeout=1\nhealth_action=none',
    'main=true\noneshot=true',
  ];
  for (const options of rows) {
    it(options.replaceAll('\n', ', '), () => assert.deepEqual(problemsOf(program(options)), []));
  }
  it('an event listener that tells of itself', () => assert.deepEqual(problemsOf(listener('ready_check=fd:3')), []));
  it('a drain of half the shutdown', () =>
    assert.deepEqual(problemsOf('[supervisord]\nshutdown_timeout=10\ndrain_delay=5\n'), []));
  it('a drain without an end of the shutdown', () =>
    assert.deepEqual(problemsOf('[supervisord]\ndrain_delay=99\n'), []));
});

it('a default for all is no mistake of those that it does not concern', () => {
  assert.deepEqual(problemsOf(`[DEFAULT]\nhealth_interval=5\nready_timeout=5\n${program('')}`), []);
});

it('what is wrong by itself is told once', () => {
  const text = program('health_interval=often\nhealth_check=tcp:1\nhealth_retries=2');
  assert.equal(problemsOf(text).length, 2);
});

it('processes of one section are told of once', () => {
  const text = `${program('numprocs=3\nprocess_name=x%(process_num)d\nready_timeout=3')}\n[group:g]\nprograms=x\n[group:h]\nprograms=x`;
  assert.equal(problemsOf(text).length, 1);
});
