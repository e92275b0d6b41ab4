import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { renderPlan } from '../../src/bin/plan.ts';
import { loadText, requireConfig } from '../config/sources.ts';

const planOf = (text: string) => renderPlan(requireConfig(loadText(text))).split('\n');

/** Programs by name with their options. */
const programs = (byName: Readonly<Record<string, string>>) =>
  Object.entries(byName)
    .map(([name, options]) => `[program:${name}]\ncommand=a\n${options}\n`)
    .join('');

describe('the plan', () => {
  it('shows who starts after whom, and how long the layers of a stop may take', () => {
    const text = programs({
      web: 'depends_on=api:ready\nstopsignal=QUIT\nstopwaitsecs=3',
      api: 'depends_on=db:ready, migrate\nnumprocs=3\nprocess_name=api%(process_num)d\nready_check=notify',
      migrate: 'oneshot=true\ndepends_on=db:ready',
      db: 'ready_check=notify\nstopsignal=INT:20 QUIT:10\npost_stop=b',
      log: 'priority=1',
      backup: 'schedule=0 3 * * *',
      debug: 'autostart=false',
      cache: 'autostart=false',
      worker: 'depends_on=cache',
    });
    assert.deepEqual(planOf(text), [
      'start, each as soon as what it waits for is there',
      '  1  log, cache, db',
      '  2  migrate    after db:ready',
      '     worker     after cache',
      '  3  api:* (3)  after db:ready, migrate:completed',
      '  4  web        after api:*:ready (3)',
      '  not by itself: backup (schedule=0 3 * * *)',
      '  not by itself: debug (autostart=false)',
      '',
      'stop, when everybody takes as long as allowed and is killed then',
      '  1  10 s  worker, debug, backup',
      '     3 s   web',
      '  2  10 s  cache, api:* (3)',
      '  3  60 s  db (INT:20 QUIT:10, with post_stop)',
      '  4  10 s  log',
      '  90 s in all; no shutdown_timeout (docker stop waits 10 s, Kubernetes 30 s)',
      '',
    ]);
  });

  it('shows what a shutdown_timeout leaves', () => {
    const text = `[supervisord]\nshutdown_timeout=20\ndrain_delay=5\n${programs({ a: '', b: 'depends_on=a\nstopwaitsecs=18' })}`;
    assert.deepEqual(planOf(text).slice(-5), [
      'stop, when everybody takes as long as allowed and is killed then',
      '  1  9 s of 18 s  b',
      '  2  5 s of 10 s  a',
      '  28 s in all, 33 s with drain_delay; shutdown_timeout=20 leaves 14 s, shared as shown; 34 would be enough',
      '',
    ]);
  });

  it('says where there is time enough', () => {
    const text = `[supervisord]\nshutdown_timeout=12\n${programs({ a: '' })}`;
    assert.deepEqual(planOf(text).slice(-3), ['  1  10 s  a', '  10 s in all; shutdown_timeout=12 is enough', '']);
  });

  it('shows processes of a group by the name of the group only where they are all there', () => {
    const text = `${programs({ x: 'numprocs=2\nprocess_name=%(process_num)d', y: 'priority=2', z: 'depends_on=g:0', w: 'depends_on=g' })}[group:g]\nprograms=x,y\n`;
    assert.deepEqual(planOf(text).slice(1, 4), ['  1  g:* (3)', '  2  w  after g:* (3)', '     z  after g:0']);
  });

  it('of nothing is short', () => assert.deepEqual(planOf(''), ['nothing to start', '']));

  it('of a thousand programs can be read', () => {
    const many = Object.fromEntries(
      Array.from({ length: 1000 }, (_, at) => [`p${at}`, at % 2 === 0 ? '' : `depends_on=p${at - 1}`]),
    );
    const lines = planOf(programs(many));
    assert.match(lines[1] ?? '', /^ {2}1 {2}p0, p10, .* and 476 more$/);
    assert.ok(lines.includes('     and 476 lines more'));
    assert.ok(lines.length < 40 && Math.max(...lines.map((line) => line.length)) < 250);
  });
});
