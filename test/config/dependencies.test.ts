import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { ProcessConfig } from '../../src/config/config.ts';
import { loadText, requireConfig } from './sources.ts';

/** Programs by name with their options, one section each. */
function sections(programs: Readonly<Record<string, string>>): string {
  return Object.entries(programs)
    .map(([name, options]) => `[program:${name}]\ncommand=a\n${options}\n`)
    .join('');
}

function processOf(text: string, id: string): ProcessConfig {
  const processes = requireConfig(loadText(text)).groups.flatMap((group) => group.processes);
  const found = processes.find(({ group, name }) => `${group}:${name}` === id);
  assert.ok(found);
  return found;
}

const MANY = 'numprocs=2\nprocess_name=w%(process_num)d';
const WORLD = `${sections({ db: '', migrate: 'oneshot=true', worker: MANY, one: '', two: '' })}[group:pair]\nprograms=one,two\n`;

describe('depends_on names', () => {
  const rows: readonly (readonly [written: string, ids: readonly string[]])[] = [
    ['', []],
    [',', []],
    ['db', ['db:db running']],
    ['db,', ['db:db running']],
    ['db:db', ['db:db running']],
    ['db:started', ['db:db started']],
    [' db : Started ', ['db:db started']],
    ['db:db:started', ['db:db started']],
    ['migrate', ['migrate:migrate completed']],
    ['migrate:started', ['migrate:migrate started']],
    ['db, migrate', ['db:db running', 'migrate:migrate completed']],
    ['worker', ['worker:w0 running', 'worker:w1 running']],
    ['worker:w1', ['worker:w1 running']],
    ['pair', ['pair:one running', 'pair:two running']],
    ['one', ['pair:one running']],
    ['pair:two:started', ['pair:two started']],
  ];
  for (const [written, ids] of rows) {
    it(written || 'nothing', () => {
      const { depends_on } = processOf(`${WORLD}${sections({ x: `depends_on=${written}` })}`, 'x:x');
      assert.deepEqual(
        depends_on.map(({ id, condition }) => `${id} ${condition}`),
        ids,
      );
    });
  }

  it('and restart_with names processes once, without conditions', () => {
    const { restart_with } = processOf(`${WORLD}${sections({ x: 'restart_with=pair, one, db' })}`, 'x:x');
    assert.deepEqual(restart_with, ['pair:one', 'pair:two', 'db:db']);
  });
});

describe('a dependency that cannot be is told with its line', () => {
  const conditions = 'the conditions are started, running, ready, completed';
  const form = 'not NAME or NAME:started|running|ready|completed';
  const rows: readonly (readonly [option: string, text: string])[] = [
    ['depends_on=dbb', "there is no program dbb; did you mean 'db'?"],
    ['depends_on=migrat:completed', "there is no program migrat; did you mean 'migrate'?"],
    ['depends_on=nothing-like-it', 'there is no program nothing-like-it'],
    ['depends_on=db:redy', `db has no process redy, and ${conditions}; did you mean 'db:ready'?`],
    ['depends_on=db:service_healthy', `db has no process service_healthy, and ${conditions}; did you mean 'db:ready'?`],
    [
      'depends_on=migrate:service_completed_successfully',
      `migrate has no process service_completed_successfully, and ${conditions}; did you mean 'migrate:completed'?`,
    ],
    ['depends_on=worker:w3', `worker has no process w3, and ${conditions}; did you mean 'worker:w0'?`],
    ['depends_on=db:what-is-this', `db has no process what-is-this, and ${conditions}`],
    ['depends_on=db;one', `${form}, with a comma before the next: 'db;one'`],
    ['depends_on=db one', `${form}, with a comma before the next: 'db one'`],
    ['depends_on=db:', `${form}: 'db:'`],
    ['depends_on=:ready', `${form}: ':ready'`],
    ['depends_on=a:b:c', `${form}: 'a:b:c'`],
    ['depends_on=a:b:c:ready', `${form}: 'a:b:c:ready'`],
    ['depends_on=x', 'x depends on itself: x -> x'],
    ['restart_with=dbb', "there is no program dbb; did you mean 'db'?"],
    ['restart_with=db:ready', 'db has no process ready; restart_with takes no conditions'],
    ['restart_with=worker:w9', "worker has no process w9; did you mean 'worker:w0'?"],
    ['restart_with=x', 'x restarts with itself: x -> x'],
  ];
  for (const [option, text] of rows) {
    it(option, () => {
      const result = loadText(`${sections({ x: option })}${WORLD}`);
      const key = option.slice(0, option.indexOf('='));
      const place = { file: '/etc/s.conf', line: 3, section: 'program:x', key };
      assert.deepEqual(result.ok ? [] : result.problems, [{ severity: 'error', ...place, text }]);
    });
  }
});

const problemsOf = (text: string) => {
  const result = loadText(text);
  return (result.ok ? result.warnings : result.problems).map(({ severity, line, text: told }) => [
    severity,
    line,
    told,
  ]);
};

it('a cycle is told at one of its programs, with the way around', () => {
  const text = sections({ a: 'depends_on=b', b: 'depends_on=c:started', c: 'depends_on=a' });
  assert.deepEqual(problemsOf(text), [['error', 3, 'a depends on itself: a -> b -> c -> a']]);
  const restarts = sections({ a: '', b: 'restart_with=c', c: 'restart_with=b' });
  assert.deepEqual(problemsOf(restarts), [['error', 6, 'b restarts with itself: b -> c -> b']]);
});

it('what never completes cannot be waited for to complete', () => {
  const text = sections({ a: 'autorestart=true', x: 'depends_on=a:completed' });
  assert.deepEqual(problemsOf(text), [
    ['error', 6, 'a never completes, as it has autorestart=true; write oneshot=true there, or a:running'],
  ]);
  assert.deepEqual(problemsOf(sections({ a: '', x: 'depends_on=a:completed' })), []);
});

describe('ready', () => {
  const doubt =
    'a has neither a ready_check nor a health_check: it counts as ready when it is RUNNING; give it one, or write a:running';
  it('is the same as running for a program without checks', () => {
    assert.deepEqual(problemsOf(sections({ a: MANY, x: `depends_on=a:ready\n${MANY}` })), [['warning', 7, doubt]]);
  });
  for (const check of ['ready_check=notify', 'health_check=tcp://a:1', 'oneshot=true']) {
    it(`has a meaning with ${check}`, () =>
      assert.deepEqual(problemsOf(sections({ a: check, x: 'depends_on=a:ready' })), []));
  }
  it('is not doubted where the check is only mistyped', () => {
    assert.equal(problemsOf(sections({ a: 'ready_check=tcp:1', x: 'depends_on=a:ready' })).length, 1);
  });
});

it('a dependency starts a scheduled program besides its schedule, which is told', () => {
  const text = (autostart: string) => sections({ a: `schedule=@daily\n${autostart}`, x: 'depends_on=a:completed' });
  const told = 'a has a schedule, and is started for x as well; write autostart=true there if that is meant';
  assert.deepEqual(problemsOf(text('')), [['warning', 7, told]]);
  assert.deepEqual(problemsOf(text('autostart=true')), []);
});

it('a program that is not started by itself may be depended on', () => {
  assert.deepEqual(problemsOf(sections({ a: 'autostart=false', x: 'depends_on=a' })), []);
});

it('a thousand programs in a row are resolved at once', () => {
  const chain = Object.fromEntries(
    Array.from({ length: 1000 }, (_, at) => [`p${at}`, at === 0 ? '' : `depends_on=p${at - 1}`]),
  );
  assert.equal(requireConfig(loadText(sections(chain))).groups.length, 1000);
});
