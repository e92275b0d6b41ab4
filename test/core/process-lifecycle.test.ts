import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { step } from '../../src/core/process-machine.ts';
import {
  type Effect,
  INITIAL_STATE,
  type Input,
  isDown,
  type ProcessPolicy,
  type ProcessState,
} from '../../src/core/process-state.ts';
import { exitedWith, killedBy } from '../../src/model/exit-status.ts';
import { signalName } from '../../src/model/signals.ts';
import { POLICY } from '../support/member-specs.ts';

function render(effect: Effect): string[] {
  switch (effect.kind) {
    case 'emit':
      return [effect.change.state];
    case 'spawn':
      return [`spawn ${effect.task}`];
    case 'closePipes':
      return [`close ${effect.task}`];
    case 'kill':
      return [`kill ${effect.group ? '-' : ''}${effect.pid} ${signalName(effect.signal)}`];
    case 'sweepGroup':
      return [`sweep ${effect.pid}`];
    default:
      return [];
  }
}

/** One process and what was ordered for it; it has nothing to wait for. */
class Life {
  process: ProcessState = INITIAL_STATE;
  readonly policy: ProcessPolicy;
  #log: string[] = [];

  constructor(policy: Partial<ProcessPolicy> = {}) {
    this.policy = { ...POLICY, ...policy };
  }

  /** Feeds an input; gives the orders as text, log lines left out. */
  feed(input: Input, at: number): string[] {
    const { next, effects } = step(this.policy, this.process, input, at);
    this.process = next;
    this.#log.push(...effects.flatMap((effect) => (effect.kind === 'log' ? [effect.text] : [])));
    const ordered = effects.flatMap(render);
    return effects.some(({ kind }) => kind === 'startWanted')
      ? [...ordered, ...this.feed({ kind: 'admitted' }, at)]
      : ordered;
  }

  /** Log lines since the last call. */
  said(): string[] {
    const lines = this.#log;
    this.#log = [];
    return lines;
  }

  get state() {
    return this.process.state;
  }
}

const START: Input = { kind: 'start' };
const DEADLINE: Input = { kind: 'deadline' };
const spawned = (pid: number): Input => ({ kind: 'spawned', pid });
const exited = (code: number): Input => ({ kind: 'exited', status: exitedWith(code) });
const killed = (signal: number): Input => ({ kind: 'exited', status: killedBy(signal) });

/** A program that runs with pid 7 since 0, RUNNING since 1000. */
function running(policy: Partial<ProcessPolicy> = {}): Life {
  const life = new Life(policy);
  life.feed(START, 0);
  life.feed(spawned(7), 0);
  life.feed(DEADLINE, 1000);
  life.said();
  return life;
}

describe('a oneshot', () => {
  const begun = (policy: Partial<ProcessPolicy> = {}): Life => {
    const life = new Life({ oneshot: true, startMs: 0, autorestart: 'false', ...policy });
    life.feed(START, 0);
    life.feed(spawned(7), 0);
    return life;
  };

  it('is done when it ends with an expected code, however soon', () => {
    const life = begun();
    assert.deepEqual(life.feed(exited(0), 5), ['EXITED', 'close program']);
    assert.equal(life.process.deadline, null);
  });

  it('is tried again after a failure, then FATAL', () => {
    const life = begun({ startRetries: 1 });
    assert.deepEqual(life.feed(exited(3), 5000), ['BACKOFF', 'close program']);
    assert.equal(life.process.deadline, 6000);
    assert.deepEqual(life.feed(DEADLINE, 6000), ['STARTING', 'spawn program']);
    life.feed(spawned(8), 6000);
    life.feed(exited(3), 7000);
    assert.deepEqual(life.feed(DEADLINE, 7000), ['FATAL']);
    assert.deepEqual(life.process.lastExit, exitedWith(3));
  });
});

describe('startretries=-1', () => {
  it('tries for ever', () => {
    const life = new Life({ startRetries: -1 });
    life.feed(START, 0);
    for (let tries = 1, at = 0; tries < 50; tries++) {
      life.feed({ kind: 'spawnFailed', reason: 'x', exitCode: 127 }, at);
      at = life.process.deadline ?? 0;
      assert.deepEqual(life.feed(DEADLINE, at), ['STARTING', 'spawn program']);
    }
  });
});

describe('restart_limit', () => {
  const policy = { autorestart: 'true', restartLimit: { count: 2, windowMs: 60_000 } } as const;

  /** Ends at these times after it ran for 5 s each; the state after the last. */
  function endAt(...times: readonly number[]): Life {
    const life = new Life(policy);
    life.feed(START, 0);
    for (const at of times) {
      life.feed(spawned(7), at - 5000);
      life.feed(DEADLINE, at - 4000);
      life.feed(exited(1), at);
      if (life.state === 'EXITED') life.feed(DEADLINE, at);
    }
    return life;
  }

  it('lets as many ends pass as it says', () => assert.equal(endAt(10_000, 20_000).state, 'STARTING'));

  it('makes one more FATAL, told after the end itself', () => {
    const life = endAt(10_000, 20_000);
    life.feed(spawned(9), 25_000);
    life.feed(DEADLINE, 26_000);
    life.said();
    assert.deepEqual(life.feed(exited(1), 30_000), ['EXITED', 'close program', 'FATAL']);
    assert.deepEqual(life.said(), [
      'exited: a (exit status 1; not expected)',
      'gave up: a entered FATAL state, more than 2 ends in 60 seconds (restart_limit)',
    ]);
  });

  it('forgets ends that are older than its window', () => {
    assert.equal(endAt(10_000, 20_000, 75_000).state, 'STARTING');
  });

  it('counts failed starts too', () => {
    const life = new Life({ ...policy, startRetries: 9 });
    life.feed(START, 0);
    for (const at of [0, 2000, 5000]) {
      life.feed({ kind: 'spawnFailed', reason: 'x', exitCode: 127 }, at);
      life.feed(DEADLINE, life.process.deadline ?? 0);
    }
    assert.equal(life.state, 'FATAL');
  });

  it('is forgotten by a start that somebody asks for', () => {
    const life = endAt(10_000, 20_000, 30_000);
    assert.equal(life.state, 'FATAL');
    assert.deepEqual(life.feed(START, 31_000), ['STARTING', 'spawn program']);
    assert.deepEqual([life.process.ends, life.process.spent], [[], false]);
  });
});

describe('an exponential backoff', () => {
  it('delays restarts too, until a run has been as long as the longest delay', () => {
    const life = new Life({ autorestart: 'true', backoff: 'exponential', backoffMaxMs: 8000, startMs: 0 });
    life.feed(START, 0);
    const delays: number[] = [];
    for (const uptimeMs of [2000, 2000, 2000, 2000, 2000, 8000, 2000]) {
      const since = life.process.startedAt ?? 0;
      life.feed(spawned(7), since);
      life.feed(exited(1), since + uptimeMs);
      delays.push((life.process.deadline ?? 0) - since - uptimeMs);
      life.feed(DEADLINE, life.process.deadline ?? 0);
    }
    assert.deepEqual(delays, [1000, 2000, 4000, 8000, 8000, 0, 1000]);
  });
});

describe('a list of stop signals', () => {
  const policy = {
    stopSteps: [
      { signal: 15, waitMs: 10_000 },
      { signal: 2, waitMs: 5000 },
    ],
  };

  it('is sent one after the other, SIGKILL at the end', () => {
    const life = running(policy);
    assert.deepEqual(life.feed({ kind: 'stop' }, 2000), ['STOPPING', 'kill 7 SIGTERM']);
    assert.deepEqual(life.feed(DEADLINE, 12_000), ['kill 7 SIGINT']);
    assert.deepEqual(life.feed(DEADLINE, 17_000), ['kill 7 SIGKILL']);
    assert.deepEqual(life.feed(killed(9), 17_001), ['STOPPED', 'close program']);
  });

  it('is shortened as a whole where there is less time', () => {
    const life = running(policy);
    life.feed({ kind: 'stop', waitMs: 1500 }, 2000);
    assert.equal(life.process.deadline, 3000);
    life.feed(DEADLINE, 3000);
    assert.equal(life.process.deadline, 3500);
    assert.deepEqual(life.feed(DEADLINE, 3500), ['kill 7 SIGKILL']);
  });

  it('is shortened also while it goes on', () => {
    const life = running(policy);
    life.feed({ kind: 'stop' }, 2000);
    life.feed({ kind: 'stop', waitMs: 1500 }, 2000);
    assert.equal(life.process.deadline, 3000);
    life.feed(DEADLINE, 3000);
    assert.equal(life.process.deadline, 3500);
  });

  it('goes on with those that a program has left behind', () => {
    const life = running(policy);
    life.feed({ kind: 'stop' }, 2000);
    assert.deepEqual(life.feed({ kind: 'exited', status: exitedWith(0), groupAlive: true }, 2100), ['kill -7 SIGTERM']);
    assert.deepEqual(life.feed(DEADLINE, 12_000), ['kill -7 SIGINT']);
    assert.deepEqual(life.feed(DEADLINE, 17_000), ['sweep 7']);
  });
});

describe('pre_start', () => {
  const preparing = (): Life => {
    const life = new Life({ hasPreStart: true, startRetries: 0 });
    assert.deepEqual(life.feed(START, 0), ['STARTING', 'spawn pre_start']);
    life.feed(spawned(5), 0);
    return life;
  };

  it('comes before the program, whose startsecs count from its own start', () => {
    const life = preparing();
    assert.equal(life.process.deadline, null);
    assert.deepEqual(life.feed(exited(0), 9000), ['close pre_start', 'spawn program']);
    life.feed(spawned(7), 9000);
    assert.equal(life.process.deadline, 10_000);
  });

  it('that fails is a failed start', () => {
    const life = preparing();
    assert.deepEqual(life.feed(exited(4), 10), ['BACKOFF', 'close pre_start']);
    assert.equal(life.process.spawnError, 'pre_start failed: exit status 4');
    assert.deepEqual(life.feed(DEADLINE, 10), ['FATAL']);
  });

  it('is stopped as the program would be, which then never starts', () => {
    const life = preparing();
    assert.deepEqual(life.feed({ kind: 'stop' }, 10), ['STOPPING', 'kill 5 SIGTERM']);
    assert.deepEqual(life.feed(killed(15), 20), ['STOPPED', 'close pre_start']);
  });

  it('is stopped at once by a shutdown', () => {
    const life = preparing();
    assert.deepEqual(life.feed({ kind: 'shutdownBegan' }, 10), ['STOPPING', 'kill 5 SIGTERM']);
  });
});

describe('post_stop', () => {
  const policy = { hasPostStop: true, autorestart: 'true' } as const;

  it('holds up the restart', () => {
    const life = running(policy);
    assert.deepEqual(life.feed(exited(1), 5000), ['EXITED', 'close program', 'spawn post_stop']);
    life.feed(spawned(8), 5000);
    assert.deepEqual([life.process.deadline, isDown(life.process)], [null, false]);
    assert.deepEqual(life.feed(exited(0), 7000), ['close post_stop']);
    assert.deepEqual(life.feed(DEADLINE, 7000), ['STARTING', 'spawn program']);
  });

  it('that fails is said, and changes nothing', () => {
    const life = running(policy);
    life.feed(exited(1), 5000);
    life.said();
    life.feed({ kind: 'spawnFailed', reason: "can't find command 'x'", exitCode: 127 }, 5000);
    assert.deepEqual(life.said(), ["post_stop of 'a' failed (can't find command 'x')"]);
    assert.deepEqual(life.feed(DEADLINE, 5000), ['STARTING', 'spawn program']);
  });

  it('belongs to a stop, with the time of a stop of its own', () => {
    const life = running(policy);
    life.feed({ kind: 'stop' }, 2000);
    assert.deepEqual(life.feed(exited(0), 2100), ['close program', 'spawn post_stop']);
    life.feed(spawned(8), 2100);
    assert.deepEqual(life.feed(DEADLINE, 12_100), ['kill -8 SIGKILL']);
    assert.deepEqual(life.feed(killed(9), 12_101), ['STOPPED', 'close post_stop']);
    assert.deepEqual(life.process.lastExit, exitedWith(0));
  });

  it('comes after a start that failed, and before the next', () => {
    const life = new Life(policy);
    life.feed(START, 0);
    life.feed(spawned(7), 0);
    assert.deepEqual(life.feed(exited(1), 10), ['BACKOFF', 'close program', 'spawn post_stop']);
    life.feed(spawned(8), 10);
    assert.deepEqual(life.feed(DEADLINE, 2000), []);
    life.feed(exited(0), 3000);
    assert.deepEqual(life.feed(DEADLINE, 3000), ['STARTING', 'spawn program']);
  });

  it('is waited for by a start that somebody asks for', () => {
    const life = running({ ...policy, autorestart: 'false' });
    life.feed(exited(0), 5000);
    life.feed(spawned(8), 5000);
    assert.deepEqual(life.feed(START, 5100), []);
    life.feed(exited(0), 5200);
    assert.deepEqual(life.feed(DEADLINE, 5200), ['STARTING', 'spawn program']);
  });

  it('is killed after the time of a stop when a stop takes the restart back', () => {
    const life = running(policy);
    life.feed(exited(1), 5000);
    life.feed(spawned(8), 5000);
    life.feed({ kind: 'stop' }, 5100);
    assert.deepEqual(life.feed(DEADLINE, 15_100), ['kill -8 SIGKILL']);
    life.feed(killed(9), 15_101);
    assert.deepEqual([life.state, life.process.deadline], ['EXITED', null]);
  });
});

describe('a stop that is to bring it back', () => {
  it('starts it again once it is down', () => {
    const life = running();
    life.feed({ kind: 'stop', comeback: 'restart' }, 5000);
    assert.deepEqual(life.feed(exited(0), 5100), ['STOPPED', 'close program']);
    assert.deepEqual(life.feed(DEADLINE, 5100), ['STARTING', 'spawn program']);
  });

  it('counts as a failed start where that is what it was', () => {
    const life = running({ startRetries: 0 });
    life.feed({ kind: 'stop', comeback: 'retry', why: 'not ready within 60 seconds' }, 5000);
    assert.deepEqual(life.feed(exited(0), 5100), ['BACKOFF', 'close program']);
    assert.equal(life.process.spawnError, 'not ready within 60 seconds');
    assert.deepEqual(life.feed(DEADLINE, 5100), ['FATAL']);
  });

  it('is taken back by a stop that somebody asks for', () => {
    const life = running();
    life.feed({ kind: 'stop', comeback: 'restart' }, 5000);
    life.feed({ kind: 'stop' }, 5001);
    life.feed(exited(0), 5100);
    assert.deepEqual([life.state, life.process.deadline], ['STOPPED', null]);
  });

  it('is no way out of a stop that somebody has asked for', () => {
    const life = running();
    life.feed({ kind: 'stop' }, 5000);
    life.feed({ kind: 'stop', comeback: 'restart' }, 5001);
    life.feed(exited(0), 5100);
    assert.deepEqual([life.state, life.process.deadline], ['STOPPED', null]);
  });
});
