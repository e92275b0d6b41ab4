import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Fleet } from '../../src/core/fleet.ts';
import type { FleetEffect, MemberSpec } from '../../src/core/member.ts';
import type { Audience } from '../../src/core/shutdown.ts';
import { exitedWith, killedBy } from '../../src/model/exit-status.ts';
import { memberSpec } from '../support/member-specs.ts';

function spec(name: string, groupPriority: number, patch: Partial<MemberSpec> = {}, stopWaitMs = 10_000): MemberSpec {
  const policy = { startRetries: 0, stopSteps: [{ signal: 15, waitMs: stopWaitMs }] };
  return memberSpec(name, { groupPriority, ...patch }, policy);
}

/** Names that were signalled, log lines and fleet effects, in order. */
function summary(effects: readonly FleetEffect[]): string[] {
  return effects.flatMap((effect) => {
    if (effect.kind === 'waitChanged' || effect.kind === 'checksChanged') return [];
    if (effect.kind === 'log') return [`log ${effect.text}`];
    if (effect.kind !== 'process') return [effect.kind];
    if (effect.effect.kind === 'kill') return [`kill ${effect.id} ${effect.effect.signal}`];
    return effect.effect.kind === 'spawn' ? [`spawn ${effect.id}`] : [];
  });
}

/** A fleet with every program RUNNING at 1000. */
function running(specs: readonly MemberSpec[], budgetMs: number | null = null, audience?: Audience): Fleet {
  const fleet = new Fleet({ budgetMs: () => budgetMs, ...(audience === undefined ? {} : { audience }) });
  specs.forEach((each, index) => {
    fleet.add(each);
    fleet.handle(each.id, { kind: 'start' }, 0);
    fleet.handle(each.id, { kind: 'spawned', pid: 100 + index }, 0);
    fleet.handle(each.id, { kind: 'deadline' }, 1000);
  });
  return fleet;
}

const requested = { kind: 'requested', by: 'SIGTERM' } as const;
const gone = { kind: 'exited', status: killedBy(15) } as const;

describe('the fleet', () => {
  it('stops a whole layer at once and the next one when the last of it is down', () => {
    const fleet = running([spec('a', 1), spec('b', 2), spec('c', 2)]);
    assert.deepEqual(summary(fleet.beginShutdown(requested, 2000)), [
      'shutdownBegan',
      'kill c 15',
      'kill b 15',
      'log waiting for a, b, c to die',
    ]);
    assert.deepEqual(summary(fleet.handle('b', gone, 2001)), []);
    assert.deepEqual(summary(fleet.handle('c', gone, 2002)), ['kill a 15']);
    assert.deepEqual(summary(fleet.handle('a', gone, 2003)), ['finished']);
    assert.equal(fleet.nextDeadline(), null);
  });

  it('says every three seconds whom it waits for', () => {
    const fleet = running([spec('a', 1)]);
    fleet.beginShutdown(requested, 2000);
    assert.equal(fleet.nextDeadline(), 5000);
    assert.deepEqual(summary(fleet.tick(5000)), ['log waiting for a to die']);
  });

  it('cuts stopwaitsecs to fit the budget, and says so', () => {
    const fleet = running([spec('a', 1, {}, 10_000), spec('b', 2, {}, 30_000)], 10_000);
    assert.deepEqual(summary(fleet.beginShutdown(requested, 2000)), [
      'shutdownBegan',
      "log stopwaitsecs of 'b' is cut from 30 to 6.8 s to fit shutdown_timeout",
      'kill b 15',
      'log waiting for a, b to die',
    ]);
    assert.equal(fleet.members.get('b')?.process.deadline, 8750);
    assert.deepEqual(summary(fleet.handle('b', { kind: 'deadline' }, 8750)), ['kill b 9']);
    assert.deepEqual(summary(fleet.handle('b', gone, 8750)), [
      "log stopwaitsecs of 'a' is cut from 10 to 2.3 s to fit shutdown_timeout",
      'kill a 15',
      'log waiting for a to die',
    ]);
  });

  it('leaves when the budget is over, whoever is still there', () => {
    const fleet = running([spec('a', 1)], 1000);
    fleet.beginShutdown(requested, 2000);
    assert.deepEqual(summary(fleet.tick(2900)), ['log shutdown_timeout is nearly over: killing a', 'kill a 9']);
    assert.deepEqual(summary(fleet.tick(3000)), ['log shutdown_timeout is over: still there are a', 'finished']);
  });

  it('kills all layers at once when asked to hurry', () => {
    const fleet = running([spec('a', 1), spec('b', 2)]);
    fleet.beginShutdown(requested, 2000);
    assert.deepEqual(summary(fleet.killAll(2100)), ['kill a 9', 'kill b 9']);
    fleet.handle('a', gone, 2101);
    assert.deepEqual(summary(fleet.handle('b', gone, 2101)), ['finished']);
  });

  it('begins a shutdown when a program with exit_on_fatal goes FATAL', () => {
    const fleet = new Fleet({ budgetMs: () => null });
    fleet.add(spec('a', 1, { exitOnFatal: true }));
    fleet.handle('a', { kind: 'start' }, 0);
    fleet.handle('a', { kind: 'spawnFailed', reason: 'x', exitCode: 127 }, 0);
    const effects = fleet.handle('a', { kind: 'deadline' }, 0);
    const finished = effects.find((effect) => effect.kind === 'finished');
    assert.deepEqual(finished, {
      kind: 'finished',
      reason: { kind: 'fatal', id: 'a', status: exitedWith(127), why: 'x' },
    });
  });

  it('stops a retired program, then starts it under its new configuration', () => {
    const fleet = running([spec('a', 1)]);
    assert.deepEqual(summary(fleet.retire('a', spec('a', 5), true, 2000)), ['kill a 15']);
    assert.deepEqual(summary(fleet.handle('a', gone, 2001)), ['replaced', 'spawn a']);
    assert.equal(fleet.members.get('a')?.spec.groupPriority, 5);
  });

  it('stops a program that is to go, then forgets it', () => {
    const fleet = running([spec('a', 1)]);
    fleet.retire('a', null, false, 2000);
    assert.deepEqual(summary(fleet.handle('a', gone, 2001)), ['removed']);
    assert.equal(fleet.members.size, 0);
  });

  it('starts nothing once a shutdown has begun', () => {
    const fleet = running([spec('a', 1), spec('b', 2)]);
    fleet.beginShutdown(requested, 2000);
    assert.deepEqual(summary(fleet.handle('a', { kind: 'exited', status: exitedWith(1) }, 2001)), []);
    assert.equal(fleet.members.get('a')?.process.state, 'EXITED');
    assert.deepEqual(fleet.due(1e9), ['b']);
  });

  it('gives a process that is to come back under another configuration the newest of all', () => {
    const fleet = running([spec('a', 1)]);
    fleet.retire('a', spec('a', 1, {}, 1000), true, 2000);
    fleet.update(spec('a', 1, {}, 3000), 2000);
    assert.deepEqual(summary(fleet.handle('a', gone, 2001)), ['replaced', 'spawn a']);
    assert.equal(fleet.members.get('a')?.spec.policy.stopSteps[0]?.waitMs, 3000);
  });
});

describe('event listeners in a shutdown', () => {
  function stopping(budgetMs: number | null = null) {
    const busy = new Set(['l']);
    const audience = { has: (id: string) => id === 'l', isBusy: (id: string) => busy.has(id) };
    const fleet = running([spec('l', -1), spec('a', 1)], budgetMs, audience);
    fleet.beginShutdown(requested, 2000);
    return { fleet, busy };
  }

  it('are stopped when they have heard of everything', () => {
    const { fleet, busy } = stopping();
    assert.deepEqual(summary(fleet.handle('a', gone, 2100)), []);
    assert.deepEqual(summary(fleet.tick(2100)), []);
    assert.equal(fleet.nextDeadline(), 3100);
    busy.clear();
    assert.deepEqual(summary(fleet.tick(2200)), ['kill l 15']);
    assert.deepEqual(summary(fleet.handle('l', gone, 2300)), ['finished']);
  });

  it('are stopped after a second, whether they listen or not', () => {
    const { fleet } = stopping();
    fleet.handle('a', gone, 2100);
    assert.deepEqual(summary(fleet.tick(3099)), []);
    assert.deepEqual(summary(fleet.tick(3100)), ['kill l 15']);
  });

  it('are stopped at once when they have nothing to hear', () => {
    const { fleet, busy } = stopping();
    busy.clear();
    fleet.handle('a', gone, 2100);
    assert.deepEqual(summary(fleet.tick(2100)), ['kill l 15']);
  });

  it('are killed with all others, held or not', () => {
    for (const budgetMs of [null, 100]) {
      const { fleet } = stopping(budgetMs);
      fleet.handle('a', gone, 2050);
      const killed = budgetMs === null ? fleet.killAll(2060) : fleet.tick(2090);
      assert.deepEqual(
        summary(killed).filter((line) => line.startsWith('kill')),
        ['kill l 9'],
      );
      assert.deepEqual(summary(fleet.handle('l', { kind: 'exited', status: killedBy(9) }, 2095)), ['finished']);
    }
  });

  it('may end by themselves meanwhile', () => {
    const { fleet } = stopping();
    fleet.handle('a', gone, 2100);
    assert.deepEqual(summary(fleet.handle('l', { kind: 'exited', status: exitedWith(0) }, 2200)), ['finished']);
  });
});
