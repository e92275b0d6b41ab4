import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { membersOf } from '../../src/bin/overspending.ts';
import { longestStopMs, sharesOf, worstStop } from '../../src/core/worst-stop.ts';
import type { DependencyCondition } from '../../src/model/dependency.ts';
import { loadText, requireConfig } from '../config/sources.ts';

/** Programs by name with their options. */
function specsOf(programs: Readonly<Record<string, string>>) {
  const text = Object.entries(programs).map(([name, options]) => `[program:${name}]\ncommand=a\n${options}\n`);
  return membersOf(requireConfig(loadText(text.join('')))).map(({ spec }) => spec);
}

const UNLIMITED = { budgetMs: null, drainMs: 0 };

describe('the longest shutdown', () => {
  it('is the sum of layers, each as long as its slowest', () => {
    const specs = specsOf({ web: 'stopwaitsecs=5', api: 'depends_on=db\nstopwaitsecs=7', db: 'stopwaitsecs=60' });
    const { layers, stopMs } = worstStop(specs, UNLIMITED);
    assert.deepEqual(layers, [
      { ids: ['web:web', 'api:api'], stopMs: 7000 },
      { ids: ['db:db'], stopMs: 60_000 },
    ]);
    assert.equal(stopMs, 67_000);
  });

  it('takes all signals of a list, and the command after a stop', () => {
    const specs = specsOf({
      list: 'stopsignal=TERM:10 INT:5',
      last: 'stopsignal=TERM:10 INT\nstopwaitsecs=3',
      kill: 'stopsignal=TERM:10 KILL',
      after: 'stopwaitsecs=4\npost_stop=b',
      none: 'stopwaitsecs=-3',
    });
    const times = new Map(specs.map((spec) => [spec.name, longestStopMs(spec)]));
    assert.deepEqual(Object.fromEntries(times), { after: 8000, kill: 10_000, last: 13_000, list: 15_000, none: 0 });
  });

  const both: readonly (readonly [condition: DependencyCondition, layers: number])[] = [
    ['completed', 1],
    ['started', 2],
  ];
  for (const [condition, layers] of both) {
    it(`has ${layers} layers where a oneshot is waited for to have ${condition}`, () => {
      const specs = specsOf({ migrate: 'oneshot=true', web: `depends_on=migrate:${condition}` });
      assert.equal(worstStop(specs, UNLIMITED).layers.length, layers);
    });
  }

  it('leaves out of its budget the drain, and what SIGKILL needs', () => {
    const worst = (budgetMs: number | null, drainMs: number) => {
      const { waitableMs, drainMs: drained } = worstStop([], { budgetMs, drainMs });
      return [waitableMs, drained];
    };
    assert.deepEqual(worst(null, 5000), [Infinity, 5000]);
    assert.deepEqual(worst(30_000, 5000), [24_000, 5000]);
    assert.deepEqual(worst(8000, 0), [7200, 0]);
    assert.deepEqual(worst(10_000, 60_000), [4500, 5000]);
  });

  it('is shared in proportion where it has to be cut', () => {
    const specs = specsOf({ api: 'depends_on=db\nstopwaitsecs=10', db: 'stopwaitsecs=30' });
    const shares = (budgetMs: number | null) => sharesOf(worstStop(specs, { budgetMs, drainMs: 0 }));
    assert.deepEqual(shares(null), [10_000, 30_000]);
    assert.deepEqual(shares(41_000), [10_000, 30_000]);
    assert.deepEqual(shares(21_000), [5000, 15_000]);
  });

  it('never gives more than there is, nor more than is wanted', () => {
    const waits = fc.array(fc.nat({ max: 100 }), { maxLength: 8 });
    fc.assert(
      fc.property(waits, fc.integer({ min: 1, max: 200 }), (seconds, budget) => {
        const programs = Object.fromEntries(
          seconds.map((wait, at) => [`p${at}`, `priority=${at}\nstopwaitsecs=${wait}`]),
        );
        const worst = worstStop(specsOf(programs), { budgetMs: budget * 1000, drainMs: 0 });
        const shares = sharesOf(worst);
        const sum = shares.reduce((total, share) => total + share, 0);
        assert.ok(sum <= worst.waitableMs + 1e-6);
        for (const [at, share] of shares.entries()) assert.ok(share <= (worst.layers[at]?.stopMs ?? 0));
      }),
      { numRuns: 30 },
    );
  });
});
