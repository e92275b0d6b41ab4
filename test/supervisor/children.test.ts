import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, it } from 'node:test';
import { Children } from '../../src/supervisor/children.ts';

const NO_SUCH_GROUP = 2 ** 22 + 1;

function create(answers: (pid: number, signal: number) => string) {
  const sent: string[] = [];
  const kill = (pid: number, signal: number) => {
    sent.push(`${pid} ${signal}`);
    return answers(pid, signal);
  };
  return { children: new Children({ kill }, (_level, text) => void sent.push(text)), sent };
}

describe('who owns a pid', () => {
  it('is told once', () => {
    const { children } = create(() => '');
    children.add(71, 'p:p');
    assert.equal(children.take(71), 'p:p');
    assert.equal(children.take(71), undefined);
  });

  it('is nobody for a group of zombies: there is nothing to wait for', () => {
    const { children } = create(() => '');
    // The kernel knows the group, and no living process is in it.
    assert.equal(children.watchGroup(NO_SUCH_GROUP, 'p:p'), false);
  });

  it('is watched while the group lives, and each end is told once', () => {
    let alive = true;
    const { children } = create(() => (alive ? '' : 'ESRCH'));
    // The group that this test runs in has a living member.
    const group = Number(readFileSync('/proc/self/stat', 'latin1').split(') ')[1]?.split(' ')[2]);
    assert.equal(children.watchGroup(group, 'p:p'), true);
    assert.deepEqual(children.takeGoneGroups(), []);
    alive = false;
    assert.deepEqual(children.takeGoneGroups(), ['p:p']);
    assert.deepEqual(children.takeGoneGroups(), []);
  });
});

describe('a signal', () => {
  it('that finds nobody is no failure: the exit is on its way', () => {
    const { children, sent } = create(() => 'ESRCH');
    assert.deepEqual(children.signal('p', { pid: 71, signal: 15, group: false }), { kind: 'sent' });
    assert.match(sent.at(-1) ?? '', /unable to signal p \(pid 71\), it probably just exited/);
  });

  it('that is refused tells the errno', () => {
    const { children } = create(() => 'EPERM');
    assert.deepEqual(children.signal('p', { pid: 71, signal: 15, group: true }), { kind: 'failed', errno: 'EPERM' });
  });

  it('to sweep a group in which only zombies are left ends the wait', () => {
    const { children, sent } = create(() => '');
    assert.deepEqual(children.sweep('p', NO_SUCH_GROUP), { kind: 'groupGone' });
    assert.deepEqual(sent, []);
  });
});
