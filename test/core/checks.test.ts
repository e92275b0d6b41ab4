import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import {
  type CheckInput,
  type CheckPolicy,
  type Checks,
  checkStep,
  NO_CHECKS,
  nextCheckAt,
  type Verdict,
} from '../../src/core/checks.ts';

const HEALTH = { intervalMs: 10_000, retries: 3, startPeriodMs: 0 };

class Asked {
  checks: Checks = NO_CHECKS;
  readonly #policy: CheckPolicy;

  constructor(policy: Partial<CheckPolicy>) {
    this.#policy = { readyBy: 'running', readyTimeoutMs: 60_000, health: null, ...policy };
    this.feed({ kind: 'spawned' }, 0);
  }

  feed(input: CheckInput, at: number): string[] {
    const { next, verdicts } = checkStep(this.#policy, this.checks, input, at);
    this.checks = next;
    return verdicts.map((verdict: Verdict) => (verdict.kind === 'ask' ? `ask ${verdict.check}` : verdict.kind));
  }

  /** What the next deadline brings, and when that is. */
  wait(): [at: number | null, verdicts: string[]] {
    const at = nextCheckAt(this.checks);
    return [at, at === null ? [] : this.feed({ kind: 'deadline' }, at)];
  }
}

const good = (check: 'ready' | 'health'): CheckInput => ({ kind: 'answered', check, ok: true, detail: '' });
const bad = (check: 'ready' | 'health'): CheckInput => ({ kind: 'answered', check, ok: false, detail: 'no' });

describe('readiness', () => {
  it('is being RUNNING where nothing else is said', () => {
    const asked = new Asked({});
    assert.equal(nextCheckAt(asked.checks), null);
    assert.deepEqual(asked.feed({ kind: 'running' }, 1000), ['ready']);
    assert.equal(asked.checks.ready, true);
  });

  it('that is asked for is asked for at once, then later and later, up to a second', () => {
    const asked = new Asked({ readyBy: 'asked' });
    const times: number[] = [];
    for (let n = 0; n < 6; n++) {
      const [at, verdicts] = asked.wait();
      assert.deepEqual(verdicts, ['ask ready']);
      times.push(at ?? -1);
      asked.feed(bad('ready'), at ?? 0);
    }
    assert.deepEqual(times, [0, 100, 300, 700, 1500, 2500]);
    asked.wait();
    assert.deepEqual(asked.feed(good('ready'), 4000), ['ready']);
    assert.equal(nextCheckAt(asked.checks), null);
  });

  it('that is told comes with the word', () => {
    const asked = new Asked({ readyBy: 'told' });
    assert.deepEqual(asked.feed({ kind: 'running' }, 1000), []);
    assert.deepEqual(asked.feed({ kind: 'told' }, 1500), ['ready']);
    assert.deepEqual(asked.feed({ kind: 'told' }, 1600), []);
  });

  it('that does not come in time is a verdict, with what the last answer was', () => {
    const asked = new Asked({ readyBy: 'asked', readyTimeoutMs: 50 });
    asked.wait();
    asked.feed(bad('ready'), 10);
    const { verdicts } = checkStep(
      { readyBy: 'asked', readyTimeoutMs: 50, health: null },
      asked.checks,
      { kind: 'deadline' },
      50,
    );
    assert.deepEqual(verdicts, [{ kind: 'unready', detail: 'no' }]);
  });

  it('may be waited for without an end', () => {
    const asked = new Asked({ readyBy: 'told', readyTimeoutMs: null });
    assert.equal(nextCheckAt(asked.checks), null);
  });

  it('hushes what is being asked when the program ends', () => {
    const asked = new Asked({ readyBy: 'asked' });
    asked.wait();
    assert.deepEqual(asked.feed({ kind: 'ended' }, 5), ['hush']);
    assert.deepEqual(asked.feed(good('ready'), 6), []);
    assert.equal(asked.checks.ready, false);
  });
});

describe('health', () => {
  it('that is well for the first time means ready', () => {
    const asked = new Asked({ readyBy: 'health', health: HEALTH });
    assert.deepEqual(asked.wait(), [0, ['ask health']]);
    assert.deepEqual(asked.feed(good('health'), 20), ['ready']);
    assert.deepEqual([asked.checks.health, nextCheckAt(asked.checks)], ['healthy', 10_020]);
  });

  it('is asked for after readiness, where that is told apart', () => {
    const asked = new Asked({ readyBy: 'told', readyTimeoutMs: null, health: HEALTH });
    assert.equal(nextCheckAt(asked.checks), null);
    asked.feed({ kind: 'told' }, 700);
    assert.deepEqual(asked.wait(), [700, ['ask health']]);
  });

  it('is lost after so many failures in a row, and one success starts the count over', () => {
    const asked = new Asked({ readyBy: 'health', health: HEALTH });
    asked.wait();
    asked.feed(good('health'), 0);
    const verdicts: string[] = [];
    for (const answer of [bad, bad, good, bad, bad, bad, bad, good]) {
      const [at] = asked.wait();
      verdicts.push(asked.feed(answer('health'), at ?? 0).join());
    }
    assert.deepEqual(verdicts, ['', '', '', '', '', 'unhealthy', '', 'healthy']);
  });

  it('has as long for its first success as all retries take, after the start period', () => {
    const asked = new Asked({ readyBy: 'health', health: { ...HEALTH, startPeriodMs: 5000 } });
    let [at, verdicts]: [number | null, string[]] = [0, []];
    for (let n = 0; n < 100 && asked.checks.health === 'starting'; n++) {
      [at] = asked.wait();
      verdicts = asked.feed(bad('health'), at ?? 0);
    }
    assert.deepEqual(verdicts, ['unhealthy']);
    assert.ok(at !== null && at >= 35_000 && at <= 36_000, `${at}`);
  });

  it('is asked for one at a time, however late the answer', () => {
    const asked = new Asked({ readyBy: 'running', health: HEALTH });
    asked.wait();
    asked.feed({ kind: 'running' }, 1000);
    assert.equal(nextCheckAt(asked.checks), null);
    assert.deepEqual(asked.feed({ kind: 'deadline' }, 99_000), []);
  });
});
