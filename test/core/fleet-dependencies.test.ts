import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { CheckPolicy } from '../../src/core/checks.ts';
import { Fleet } from '../../src/core/fleet.ts';
import type { FleetEffect, MemberSpec } from '../../src/core/member.ts';
import type { Dependency, DependencyCondition } from '../../src/model/dependency.ts';
import { exitedWith, killedBy } from '../../src/model/exit-status.ts';
import { memberSpec } from '../support/member-specs.ts';

const needs = (id: string, condition: DependencyCondition = 'running'): Dependency => ({ id, condition });
const HEALTH = { intervalMs: 1000, retries: 1, startPeriodMs: 0 };
const asked: CheckPolicy = { readyBy: 'asked', readyTimeoutMs: 5000, health: null };

/** A fleet whose every spawn succeeds at once, and what it ordered. */
class World {
  readonly fleet: Fleet;
  now = 0;
  #pid = 100;
  #orders: string[] = [];

  constructor(specs: readonly MemberSpec[], drainMs = 0) {
    this.fleet = new Fleet({ budgetMs: () => null, drainMs: () => drainMs });
    for (const spec of specs) this.fleet.add(spec);
  }

  /** Orders and log lines since the last call. */
  orders(): string[] {
    const orders = this.#orders;
    this.#orders = [];
    return orders;
  }

  start(...ids: readonly string[]): string[] {
    for (const id of ids) this.#run(this.fleet.handle(id, { kind: 'start' }, this.now));
    return this.orders();
  }

  stop(...ids: readonly string[]): string[] {
    for (const id of ids) this.#run(this.fleet.handle(id, { kind: 'stop' }, this.now));
    return this.orders();
  }

  exit(id: string, status = exitedWith(0)): string[] {
    this.#run(this.fleet.handle(id, { kind: 'exited', status }, this.now));
    return this.orders();
  }

  answer(id: string, ok: boolean, check: 'ready' | 'health' = 'ready'): string[] {
    this.#run(this.fleet.answer(id, { kind: 'answered', check, ok, detail: 'HTTP 503' }, this.now));
    return this.orders();
  }

  schedule(id: string): string[] {
    this.#run(this.fleet.scheduled(id, this.now));
    return this.orders();
  }

  shutdown(): string[] {
    this.#run(this.fleet.beginShutdown({ kind: 'requested', by: 'SIGTERM' }, this.now));
    return this.orders();
  }

  at(now: number): string[] {
    this.now = now;
    for (const id of this.fleet.due(now)) this.#run(this.fleet.handle(id, { kind: 'deadline' }, now));
    this.#run(this.fleet.tick(now));
    return this.orders();
  }

  stateOf(id: string) {
    return this.fleet.members.get(id)?.process.state;
  }

  #run(effects: readonly FleetEffect[]): void {
    for (const effect of effects) {
      if (effect.kind === 'log') this.#orders.push(effect.text);
      if (effect.kind === 'ask' || effect.kind === 'finished') this.#orders.push(effect.kind);
      if (effect.kind !== 'process') continue;
      if (effect.effect.kind === 'kill') this.#orders.push(`kill ${effect.id}`);
      if (effect.effect.kind !== 'spawn') continue;
      this.#orders.push(`spawn ${effect.id}`);
      this.#run(this.fleet.handle(effect.id, { kind: 'spawned', pid: this.#pid++ }, this.now));
    }
  }
}

describe('a program that depends on others', () => {
  it('starts when they run, and says what it waits for', () => {
    const world = new World([memberSpec('db'), memberSpec('web', { dependsOn: [needs('db')] })]);
    assert.deepEqual(world.start('web', 'db'), ['spawn db', "'web' waits for db:running"]);
    assert.deepEqual(world.at(1000), ['spawn web']);
  });

  it('has what it needs started with it, but nothing that somebody starts anyway', () => {
    const world = new World([
      memberSpec('db', { autostart: false }),
      memberSpec('cache', { dependsOn: [needs('db', 'started')] }),
      memberSpec('web', { dependsOn: [needs('cache', 'started')] }),
    ]);
    assert.deepEqual(
      world.start('web').filter((line) => line.startsWith('spawn')),
      ['spawn db', 'spawn cache', 'spawn web'],
    );
  });

  const conditions: readonly [DependencyCondition, (world: World) => void][] = [
    ['started', () => undefined],
    ['running', (world) => world.at(1000)],
    [
      'ready',
      (world) => {
        world.at(1000);
        world.answer('db', true);
      },
    ],
    [
      'completed',
      (world) => {
        world.at(1000);
        world.exit('db');
      },
    ],
  ];
  for (const [condition, fulfil] of conditions) {
    it(`starts once they are ${condition}`, () => {
      const world = new World([
        memberSpec('db', { checks: asked }),
        memberSpec('web', { dependsOn: [needs('db', condition)] }),
      ]);
      world.start('db', 'web');
      if (condition !== 'started') assert.equal(world.stateOf('web'), 'STOPPED');
      fulfil(world);
      assert.equal(world.stateOf('web'), 'STARTING');
    });
  }

  it('does not start after a failure of what was to complete', () => {
    const world = new World([
      memberSpec('migrate', {}, { oneshot: true, startMs: 0, startRetries: 0, autorestart: 'false' }),
      memberSpec('web', { dependsOn: [needs('migrate', 'completed')] }),
    ]);
    world.start('migrate', 'web');
    world.exit('migrate', exitedWith(1));
    assert.equal(world.at(0).at(-1), "'web' waits for migrate:completed (FATAL)");
    assert.equal(world.stateOf('web'), 'STOPPED');
    assert.deepEqual(world.fleet.dependencies.waitsOf('web'), ['migrate:completed (FATAL)']);
  });

  it('waits again before it is restarted, as what it needs may be gone', () => {
    const world = new World([memberSpec('db'), memberSpec('web', { dependsOn: [needs('db')] })]);
    world.start('db', 'web');
    world.at(1000);
    world.at(2000);
    world.exit('db', exitedWith(1));
    world.exit('web', exitedWith(1));
    assert.deepEqual(world.at(2000), ['spawn db', "'web' waits for db:running"]);
    assert.deepEqual(world.at(3000), ['spawn web']);
  });

  it('that waits is not started after a stop was asked for', () => {
    const world = new World([memberSpec('db'), memberSpec('web', { dependsOn: [needs('db')] })]);
    world.start('db', 'web');
    world.stop('web');
    assert.deepEqual(world.at(1000), []);
    assert.equal(world.stateOf('web'), 'STOPPED');
  });

  it('is stopped first when both are to stop', () => {
    const world = new World([memberSpec('db'), memberSpec('web', { dependsOn: [needs('db')] })]);
    world.start('db', 'web');
    world.at(1000);
    assert.deepEqual(world.stop('web', 'db'), ['kill web']);
    assert.deepEqual(world.exit('web', killedBy(15)), ['kill db']);
  });

  it('is stopped first in a shutdown, whatever its priority', () => {
    const world = new World([
      memberSpec('db', { groupPriority: 999 }),
      memberSpec('web', { groupPriority: 1, dependsOn: [needs('db')] }),
      memberSpec('log', { groupPriority: 5 }),
    ]);
    world.start('db', 'web', 'log');
    world.at(1000);
    assert.deepEqual(world.shutdown(), ['kill web', 'waiting for db, web, log to die']);
    assert.deepEqual(world.exit('web'), ['kill db']);
    assert.deepEqual(world.exit('db'), ['kill log']);
    assert.deepEqual(world.exit('log'), ['finished']);
  });
});

describe('restart_with', () => {
  it('restarts a program when another one comes back, not when it first starts', () => {
    const world = new World([memberSpec('db'), memberSpec('web', { restartWith: ['db'] })]);
    assert.deepEqual(world.start('web', 'db'), ['spawn web', 'spawn db']);
    world.at(1000);
    world.exit('db', exitedWith(1));
    assert.deepEqual(world.at(1500), ['spawn db', "restarting 'web': db was restarted (restart_with)", 'kill web']);
    world.exit('web', killedBy(15));
    assert.deepEqual(world.at(1500), ['spawn web']);
  });
});

describe('a program that does not become ready', () => {
  it('is stopped, and tried again as a failed start', () => {
    const world = new World([memberSpec('web', { checks: asked }, { startRetries: 0 })]);
    world.start('web');
    world.at(0);
    world.answer('web', false);
    assert.deepEqual(world.at(5000).slice(-2), ["stopping 'web': not ready within 5 seconds: HTTP 503", 'kill web']);
    world.exit('web', killedBy(15));
    world.at(5000);
    assert.equal(world.stateOf('web'), 'FATAL');
  });
});

describe('an unhealthy program', () => {
  const unwell = (healthAction: MemberSpec['healthAction']): World => {
    const checks: CheckPolicy = { readyBy: 'health', readyTimeoutMs: null, health: HEALTH };
    const world = new World([memberSpec('web', { checks, healthAction })]);
    world.start('web');
    world.at(0);
    world.answer('web', true, 'health');
    world.at(1000);
    return world;
  };

  it('is restarted', () => {
    assert.deepEqual(unwell('restart').answer('web', false, 'health'), [
      "restarting 'web': unhealthy: HTTP 503",
      'kill web',
    ]);
  });

  it('shuts the container down where it is for that', () => {
    assert.deepEqual(unwell('shutdown').answer('web', false, 'health'), [
      'unhealthy: web (HTTP 503)',
      'kill web',
      'waiting for web to die',
    ]);
  });

  it('is only told of where nothing else is wanted', () => {
    assert.deepEqual(unwell('none').answer('web', false, 'health'), ['unhealthy: web (HTTP 503)']);
  });
});

describe('a schedule that comes due', () => {
  const world = (overlap: MemberSpec['overlap']): World => {
    const made = new World([memberSpec('job', { overlap }, { autorestart: 'false', startMs: 0 })]);
    assert.deepEqual(made.schedule('job').slice(0, 1), ['spawn job']);
    return made;
  };

  it('leaves a run out while the last one goes on', () => {
    const made = world('skip');
    assert.deepEqual(made.schedule('job'), ["'job' still runs as its schedule comes due: this run is left out"]);
    assert.ok(!made.exit('job').includes('spawn job'));
  });

  it('has one more run follow, however often it came due', () => {
    const made = world('queue');
    made.schedule('job');
    made.schedule('job');
    assert.ok(made.exit('job').includes('spawn job'));
    assert.ok(!made.exit('job').includes('spawn job'));
  });

  it('ends the last run for the next', () => {
    const made = world('kill');
    assert.deepEqual(made.schedule('job'), ["restarting 'job': its schedule has come due again", 'kill job']);
  });

  it('means nothing in a shutdown', () => {
    const made = world('queue');
    made.schedule('job');
    made.shutdown();
    assert.deepEqual(made.schedule('job'), []);
    assert.ok(!made.exit('job').includes('spawn job'));
  });
});

describe('a drain', () => {
  it('leaves everything running for its time, and brings back what falls', () => {
    const world = new World([memberSpec('web')], 3000);
    world.start('web');
    world.at(1000);
    assert.deepEqual(world.shutdown(), ['draining for 3 seconds (drain_delay)']);
    assert.equal(world.fleet.isShuttingDown, true);
    world.exit('web', exitedWith(1));
    assert.deepEqual(world.at(1500), ['spawn web']);
    assert.deepEqual(world.at(4000).slice(-2), ['kill web', 'waiting for web to die']);
  });

  it('ends at once when everything is to be killed', () => {
    const world = new World([memberSpec('web')], 3000);
    world.start('web');
    world.shutdown();
    assert.ok(world.fleet.killAll(100).some((effect) => effect.kind === 'process' && effect.effect.kind === 'kill'));
  });

  it('takes no more than half of the budget', () => {
    const fleet = new Fleet({ budgetMs: () => 4000, drainMs: () => 10_000 });
    fleet.add(memberSpec('web'));
    fleet.beginShutdown({ kind: 'requested', by: 'SIGTERM' }, 0);
    assert.equal(fleet.nextDeadline(), 2000);
  });
});
