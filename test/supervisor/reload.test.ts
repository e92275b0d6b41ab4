import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Config } from '../../src/config/config.ts';
import { planReload, type ReloadPlan } from '../../src/supervisor/reload.ts';
import { loadText, requireConfig } from '../config/sources.ts';

const config = (text: string): Config => requireConfig(loadText(text));
const section = (name: string, options = '') => `[program:${name}]\ncommand=cat\n${options}\n`;

function names(plan: ReloadPlan): Record<'added' | 'restarted' | 'kept' | 'removed', readonly string[]> {
  const list = (processes: ReloadPlan['added']) =>
    processes.map(({ group, process }) => `${group.name}:${process.name}`);
  return { added: list(plan.added), restarted: list(plan.restarted), kept: list(plan.kept), removed: plan.removed };
}

const rows = [
  {
    what: 'nothing that differs keeps all',
    before: section('a'),
    after: section('a'),
    plan: { added: [], restarted: [], kept: ['a:a'], removed: [] },
    messages: ['No config updates to processes'],
  },
  {
    what: 'added and removed programs',
    before: section('a') + section('b'),
    after: section('b') + section('c'),
    plan: { added: ['c:c'], restarted: [], kept: ['b:b'], removed: ['a:a'] },
    messages: ['added: c', 'removed: a'],
  },
  {
    what: 'a command that differs needs a new process',
    before: section('a'),
    after: section('a', 'umask=077'),
    plan: { added: [], restarted: ['a:a'], kept: [], removed: [] },
    messages: ['changed: a'],
  },
  {
    what: 'a stopwaitsecs that differs does not',
    before: section('a'),
    after: section('a', 'stopwaitsecs=3'),
    plan: { added: [], restarted: [], kept: ['a:a'], removed: [] },
    messages: ['changed: a'],
  },
  {
    what: 'more and fewer of one program',
    before: section('a', 'numprocs=2\nprocess_name=a%(process_num)d'),
    after: section('a', 'numprocs=3\nprocess_name=a%(process_num)d'),
    plan: { added: ['a:a2'], restarted: [], kept: ['a:a0', 'a:a1'], removed: [] },
    messages: ['changed: a'],
  },
  {
    what: 'programs that become a group are other processes',
    before: section('a'),
    after: `${section('a')}[group:g]\nprograms=a\n`,
    plan: { added: ['g:a'], restarted: [], kept: [], removed: ['a:a'] },
    messages: ['added: g', 'removed: a'],
  },
];

describe('what a reload does', () => {
  for (const { what, before, after, plan, messages } of rows) {
    it(`for ${what}`, () => {
      const planned = planReload(config(before), config(after));
      assert.deepEqual(names(planned), plan);
      assert.deepEqual(planned.messages, messages);
    });
  }
});
