import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { findCycle } from '../../src/model/graph.ts';

type Edges = readonly (readonly number[])[];

const graphs = fc
  .nat({ max: 12 })
  .chain((size) =>
    fc.array(fc.array(fc.nat({ max: Math.max(0, size - 1) }), { maxLength: 3 }), { minLength: size, maxLength: size }),
  );

const follow = (edges: Edges) =>
  findCycle(
    edges.map((_, node) => String(node)),
    (node) => (edges[Number(node)] ?? []).map(String),
  );

/** Whether somebody can be reached from himself, by trying every way. */
function hasCycle(edges: Edges): boolean {
  const reach = (from: number): Set<number> => {
    const seen = new Set<number>();
    const pending = [...(edges[from] ?? [])];
    for (let node = pending.pop(); node !== undefined; node = pending.pop()) {
      if (seen.has(node)) continue;
      seen.add(node);
      pending.push(...(edges[node] ?? []));
    }
    return seen;
  };
  return edges.some((_, node) => reach(node).has(node));
}

describe('a cycle', () => {
  it('is found exactly where there is one', () => {
    fc.assert(fc.property(graphs, (edges) => assert.equal(follow(edges) !== null, hasCycle(edges))));
  });

  it('is a way from each of its nodes to the next and back to the first, no node twice', () => {
    fc.assert(
      fc.property(graphs, (edges) => {
        const cycle = follow(edges) ?? [];
        assert.equal(new Set(cycle).size, cycle.length);
        for (const [at, node] of cycle.entries()) {
          const next = cycle[(at + 1) % cycle.length];
          assert.ok((edges[Number(node)] ?? []).includes(Number(next)), `${node} leads to ${next}`);
        }
      }),
    );
  });

  it('is the same one each time', () => {
    fc.assert(fc.property(graphs, (edges) => assert.deepEqual(follow(edges), follow(edges))));
  });

  it('is found at the end of a chain as long as there may be processes', () => {
    const chain = (last: readonly number[]) =>
      Array.from({ length: 32_768 }, (_, at) => (at < 32_767 ? [at + 1] : last));
    assert.equal(follow(chain([])), null);
    assert.deepEqual(follow(chain([32_766])), ['32766', '32767']);
  });

  it('is not made up of two ways to one place', () => {
    assert.equal(follow([[1, 2], [3], [3], []]), null);
  });
});
