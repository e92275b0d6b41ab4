import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { type Dependent, startWavesOf, stopLayersOf } from '../../src/core/dependency-graph.ts';
import { startOrder, stopLayers } from '../../src/core/group-order.ts';

const member = (id: string, groupPriority: number, ...dependsOn: string[]): Dependent => {
  const [group = id, name = id] = id.split(':');
  return { id, group, groupPriority, name, priority: 999, dependsOn };
};

/** Members of which each depends on earlier ones only, in any order. */
const acyclic = fc
  .array(
    fc.record({ priority: fc.integer({ min: -2, max: 2 }), on: fc.array(fc.nat({ max: 40 }), { maxLength: 4 }) }),
    {
      maxLength: 40,
    },
  )
  .map((rows) => rows.map(({ priority, on }, at) => ({ priority, on: on.filter((other) => other < at) })))
  .map((rows) => rows.map(({ priority, on }, at) => member(`p${at}`, priority, ...on.map((other) => `p${other}`))))
  .chain((members) => fc.shuffledSubarray(members, { minLength: members.length }));

const independent = acyclic.map((members) => members.map((one) => ({ ...one, dependsOn: [] })));

const positions = (waves: readonly (readonly string[])[]) =>
  new Map(waves.flatMap((wave, at) => wave.map((id) => [id, at] as const)));

describe('the order of dependencies', () => {
  const members = [
    member('web', 999, 'api', 'cache'),
    member('api', 999, 'db', 'migrate'),
    member('cache', 10),
    member('migrate', 999, 'db'),
    member('db', 999),
    member('log', -1),
  ];

  it('starts in waves, each process as soon as what it depends on was in an earlier one', () => {
    assert.deepEqual(startWavesOf(members), [['log', 'cache', 'db'], ['migrate'], ['api'], ['web']]);
  });

  it('stops dependents first, then by descending priority', () => {
    assert.deepEqual(stopLayersOf(members), [['web'], ['api'], ['migrate'], ['db'], ['cache'], ['log']]);
  });

  it('stops a dependent of low priority as early as what it depends on asks for', () => {
    const turned = [member('db', 999), member('api', 1, 'db'), member('other', 500)];
    assert.deepEqual(stopLayersOf(turned), [['api'], ['db'], ['other']]);
  });

  it('is not held up by somebody who is not there, nor by itself', () => {
    const lonely = [member('a', 1, 'gone'), member('b', 2, 'b', 'a', 'a')];
    assert.deepEqual(startWavesOf(lonely), [['a'], ['b']]);
    assert.deepEqual(stopLayersOf(lonely), [['b'], ['a']]);
  });

  it('forgets nobody of a cycle', () => {
    const circle = [member('a', 1, 'b'), member('b', 1, 'a'), member('c', 1)];
    assert.deepEqual(startWavesOf(circle).flat().sort(), ['a', 'b', 'c']);
    assert.deepEqual(stopLayersOf(circle).flat().sort(), ['a', 'b', 'c']);
  });

  it('has every process in exactly one wave and one layer', () => {
    fc.assert(
      fc.property(acyclic, (some) => {
        const all = some.map(({ id }) => id).sort();
        assert.deepEqual(startWavesOf(some).flat().sort(), all);
        assert.deepEqual(stopLayersOf(some).flat().sort(), all);
      }),
    );
  });

  it('starts a dependent in a later wave, and stops it in an earlier layer, than what it depends on', () => {
    fc.assert(
      fc.property(acyclic, (some) => {
        const waves = positions(startWavesOf(some));
        const layers = positions(stopLayersOf(some));
        for (const { id, dependsOn } of some) {
          for (const other of dependsOn) {
            assert.ok((waves.get(id) ?? -1) > (waves.get(other) ?? Infinity), `${id} starts after ${other}`);
            assert.ok((layers.get(id) ?? Infinity) < (layers.get(other) ?? -1), `${id} stops before ${other}`);
          }
        }
      }),
    );
  });

  it('starts nothing later than its dependencies ask for', () => {
    fc.assert(
      fc.property(acyclic, (some) => {
        const waves = positions(startWavesOf(some));
        for (const { id, dependsOn } of some) {
          const latest = Math.max(-1, ...dependsOn.map((other) => waves.get(other) ?? NaN));
          assert.equal(waves.get(id), latest + 1, id);
        }
      }),
    );
  });

  it('is the order of priorities where nothing depends on anything', () => {
    fc.assert(
      fc.property(independent, (some) => {
        assert.deepEqual(stopLayersOf(some), stopLayers(some));
        assert.deepEqual(startWavesOf(some).flat(), startOrder(some));
      }),
    );
  });

  it('manages a chain of ten thousand', () => {
    const chain = Array.from({ length: 10_000 }, (_, at) => member(`p${at}`, 999, `p${at - 1}`));
    assert.equal(startWavesOf(chain).length, chain.length);
    assert.deepEqual(stopLayersOf(chain).at(-1), ['p0']);
  });

  it('manages a thousand that depend on another thousand', () => {
    const below = Array.from({ length: 1000 }, (_, at) => member(`low${at}`, at));
    const above = below.map(({ id }) => member(`high-${id}`, 1, ...below.map((low) => low.id)));
    assert.deepEqual(
      startWavesOf([...above, ...below]).map((wave) => wave.length),
      [1000, 1000],
    );
    assert.equal(stopLayersOf([...above, ...below]).length, 1001);
  });
});
