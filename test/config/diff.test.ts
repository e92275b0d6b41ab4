import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { diffConfigs } from '../../src/config/diff.ts';
import { loadText, requireConfig } from './sources.ts';

const A = '[program:a]\ncommand=a\n';
const B = '[program:b]\ncommand=b\n';
const MANY = '[program:m]\ncommand=m\nprocess_name=m%(process_num)d\n';
const FCGI = '[fcgi-program:f]\ncommand=f\nsocket=unix:///tmp/f\n';
const LISTENER = '[eventlistener:l]\ncommand=l\n';

const NONE = { added: [], changed: [], removed: [] };

describe('a reload touches only what changed', () => {
  // From, to, groups added, changed, removed; processes likewise, `!` where a restart is needed
  type Row = readonly [before: string, after: string, groups: readonly string[][], processes: readonly string[][]];
  const rows: readonly Row[] = [
    [A, A, [[], [], []], [[], [], []]],
    [A, A + B, [['b'], [], []], [['b:b'], [], []]],
    [A + B, B, [[], [], ['a']], [[], [], ['a:a']]],
    [A, A.replace('=a', '=z'), [[], ['a'], []], [[], ['a:a!command'], []]],
    [A, `${A}stopwaitsecs=3`, [[], ['a'], []], [[], ['a:a stopwaitsecs'], []]],
    [A, `${A}priority=3`, [[], ['a'], []], [[], ['a:a priority'], []]],
    [A, `${A}[supervisord]\nenvironment=X=1`, [[], ['a'], []], [[], ['a:a!environment'], []]],
    [A, `${A}[supervisord]\nloglevel=debug`, [[], [], []], [[], [], []]],
    [`${A}stdout_logfile=/tmp/a`, A, [[], ['a'], []], [[], ['a:a!stdout_logfile'], []]],
    [A, `; moved\n\n${A}`, [[], [], []], [[], [], []]],
    [`${MANY}numprocs=2`, `${MANY}numprocs=3`, [[], ['m'], []], [['m:m2'], [], []]],
    [`${MANY}numprocs=3`, `${MANY}numprocs=2`, [[], ['m'], []], [[], [], ['m:m2']]],
    [A, `${A}[group:g]\nprograms=a`, [['g'], [], ['a']], [['g:a'], [], ['a:a']]],
    [FCGI, FCGI.replace('/tmp/f', '/tmp/g'), [[], ['f'], []], [[], ['f:f!'], []]],
    [FCGI, `${FCGI}socket_mode=0777`, [[], ['f'], []], [[], ['f:f!'], []]],
    [`${LISTENER}events=TICK_5`, `${LISTENER}events=TICK_60`, [[], ['l'], []], [[], ['l:l!'], []]],
  ];
  for (const [before, after, groups, processes] of rows) {
    it(JSON.stringify([before, after]), () => {
      const diff = diffConfigs(requireConfig(loadText(before)), requireConfig(loadText(after)));
      assert.deepEqual([diff.added, diff.changed, diff.removed], groups);
      const named = (list: readonly { readonly group: string; readonly process: string }[]) =>
        list.map(({ group, process }) => `${group}:${process}`);
      const changed = diff.processes.changed.map(
        ({ group, process, options, restart }) => `${group}:${process}${restart ? '!' : ' '}${options.join(',')}`,
      );
      assert.deepEqual([named(diff.processes.added), changed, named(diff.processes.removed)], processes);
    });
  }
});

it('the same text read twice does not differ', () => {
  const text = `${A}${MANY}numprocs=2\n${FCGI}${LISTENER}events=TICK_5,PROCESS_STATE\n`;
  const { processes, ...groups } = diffConfigs(requireConfig(loadText(text)), requireConfig(loadText(text)));
  assert.deepEqual([groups, processes], [NONE, NONE]);
});
