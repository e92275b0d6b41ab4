import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { describe, it } from 'node:test';
import { readTreeMemory, type TreeMemory } from '../../src/os/tree-memory.ts';
import { MemoryWatch, type MemoryWatchContext } from '../../src/supervisor/memory-watch.ts';
import { FakeTime } from '../support/fake-time.ts';
import { waitFor } from '../support/wait-for.ts';

const INTERVAL_MS = 5000;

/** All that is ready to go on does. */
const settled = (): Promise<void> => new Promise((resolve) => void setImmediate(resolve));

function create(changes: Partial<MemoryWatchContext> = {}) {
  const time = new FakeTime();
  const told: string[] = [];
  /** What each pid has: at most, and measured. */
  const memory = new Map<number, readonly [most: number, measured: number]>();
  const looks: (readonly number[])[] = [];
  const measured: number[] = [];
  const watch = new MemoryWatch({
    clock: time.clock,
    createTimer: time.createTimer,
    readTrees: async (pids) => {
      looks.push(pids);
      const found = pids.flatMap((pid): [number, TreeMemory][] => {
        const [mostBytes, bytes] = memory.get(pid) ?? [];
        if (mostBytes === undefined || bytes === undefined) return [];
        const measure = async () => {
          measured.push(pid);
          return bytes;
        };
        return [[pid, { mostBytes, measure }]];
      });
      return new Map(found);
    },
    onOver: (id, bytes, limit) => told.push(`${id} ${bytes} > ${limit}`),
    ...changes,
  });
  const look = async (): Promise<void> => {
    time.advance(INTERVAL_MS);
    await settled();
  };
  return { watch, time, told, memory, looks, measured, look };
}

describe('the watch over memory', () => {
  it('sleeps while no program with a limit runs', async () => {
    const { watch, time, looks, look } = create();
    assert.equal(time.nextMs, null);
    watch.set('a', 71, 100);
    assert.equal(time.nextMs, INTERVAL_MS);
    watch.clear('a');
    await look();
    assert.equal(time.nextMs, null);
    assert.deepEqual(looks, []);
  });

  it('serves all programs with one look, and tells of those beyond their limit', async () => {
    const { watch, told, memory, looks, look } = create();
    memory.set(71, [100, 100]).set(72, [101, 101]).set(73, [5000, 5000]);
    watch.set('a', 71, 100);
    watch.set('b', 72, 100);
    watch.set('c', 73, 6000);
    watch.set('gone', 74, 1);
    await look();
    assert.deepEqual(looks, [[71, 72, 73, 74]]);
    assert.deepEqual(told, ['b 101 > 100']);
    memory.set(71, [300, 200]);
    await look();
    assert.deepEqual(told, ['b 101 > 100', 'a 200 > 100']);
  });

  it('tells once a run, whose stop may take a while, and again of the next', async () => {
    const { watch, told, memory, time, look } = create();
    memory.set(71, [200, 200]).set(72, [300, 300]);
    watch.set('a', 71, 100);
    await look();
    await look();
    assert.deepEqual(told, ['a 200 > 100']);
    assert.equal(time.nextMs, null);
    watch.clear('a');
    watch.set('a', 72, 100);
    await look();
    assert.deepEqual(told, ['a 200 > 100', 'a 300 > 100']);
  });

  it('measures only what may be beyond its limit, and believes the measurement', async () => {
    const { watch, told, memory, measured, look } = create();
    memory.set(71, [500, 90]).set(72, [100, 100]);
    watch.set('a', 71, 100);
    watch.set('b', 72, 100);
    await look();
    assert.deepEqual(measured, [71]);
    assert.deepEqual(told, []);
  });

  it('takes another limit over', async () => {
    const { watch, told, memory, look } = create();
    memory.set(71, [200, 200]);
    watch.set('a', 71, 300);
    await look();
    watch.set('a', 71, 150);
    await look();
    assert.deepEqual(told, ['a 200 > 150']);
  });

  it('spends a twentieth of the time on measuring, however long that takes', async () => {
    const answers: ((bytes: number) => void)[] = [];
    const measure = () => new Promise<number>((resolve) => answers.push(resolve));
    const { watch, time, told, look } = create({ readTrees: async () => new Map([[71, { mostBytes: 500, measure }]]) });
    watch.set('a', 71, 100);
    await look();
    await look();
    // Not begun anew while it goes on.
    assert.equal(answers.length, 1);
    time.now += 1000;
    answers[0]?.(90);
    await settled();
    for (let count = 0; count < 23; count++) await look();
    assert.equal(answers.length, 1);
    for (let count = 0; count < 3; count++) await look();
    assert.equal(answers.length, 2);
    answers[1]?.(101);
    await settled();
    assert.deepEqual(told, ['a 101 > 100']);
  });

  it('is not held up by one program that cannot be measured', async () => {
    const stuck: TreeMemory = { mostBytes: 500, measure: () => new Promise(() => undefined) };
    const big: TreeMemory = { mostBytes: 500, measure: async () => 500 };
    const trees = new Map([[71, stuck]]);
    const { watch, told, look } = create({ readTrees: async () => trees });
    watch.set('a', 71, 100);
    watch.set('b', 72, 100);
    await look();
    trees.set(72, big);
    await look();
    assert.deepEqual(told, ['b 500 > 100']);
  });

  for (const what of ['looked at', 'measured']) {
    it(`says nothing of a run that ended while it was ${what}, nor of the next in its place`, async () => {
      let goOn = (): void => assert.fail();
      const wait = () =>
        new Promise<void>((resolve) => {
          goOn = resolve;
        });
      const tree: TreeMemory = {
        mostBytes: 500,
        measure: async () => {
          if (what === 'measured') await wait();
          return 500;
        },
      };
      const readTrees = async () => {
        if (what === 'looked at') await wait();
        return new Map([[71, tree]]);
      };
      const { watch, told, look } = create({ readTrees });
      watch.set('a', 71, 100);
      watch.set('b', 71, 100);
      await look();
      watch.clear('a');
      watch.set('b', 72, 100);
      goOn();
      await settled();
      assert.deepEqual(told, []);
    });
  }

  it('goes on after a look that failed', async () => {
    const failures: unknown[] = [];
    const keep = (error: unknown): void => void failures.push(error);
    // In place of the test runner's, as the daemon has one.
    const runners = process.listeners('unhandledRejection');
    process.removeAllListeners('unhandledRejection').on('unhandledRejection', keep);
    let trees: ReadonlyMap<number, TreeMemory> | null = null;
    const readTrees = async () => trees ?? Promise.reject(new Error('no look'));
    const { watch, told, look } = create({ readTrees });
    watch.set('a', 71, 100);
    await look();
    trees = new Map([[71, { mostBytes: 500, measure: async () => 500 }]]);
    await look();
    process.off('unhandledRejection', keep);
    for (const listener of runners) process.on('unhandledRejection', listener);
    assert.deepEqual(failures.map(String), ['Error: no look']);
    assert.deepEqual(told, ['a 500 > 100']);
  });

  it('finds a real program whose grandchild grows beyond the limit, and not one beside it', async (t) => {
    const { watch, time, told } = create({ readTrees: readTreeMemory });
    const grows = 'const kept = []; setInterval(() => kept.push(Buffer.alloc(8 << 20, 1)), 20)';
    const shells = `sh -c '${process.execPath} -e "${grows}"; true' & wait`;
    const [growing, steady] = [
      spawn('sh', ['-c', shells], { detached: true, stdio: 'ignore' }),
      spawn('sh', ['-c', 'sleep 60; true'], { detached: true, stdio: 'ignore' }),
    ];
    t.after(() => {
      for (const { pid = 0 } of [growing, steady]) process.kill(-pid, 'SIGKILL');
    });
    const limit = 150 * 2 ** 20;
    watch.set('steady', steady.pid ?? 0, limit);
    watch.set('growing', growing.pid ?? 0, limit);
    await waitFor(() => {
      time.advance(INTERVAL_MS);
      return told.length > 0;
    }, 'the program that grows to be told');
    const [id, bytes] = told[0]?.split(' ') ?? [];
    assert.equal(id, 'growing');
    assert.ok(Number(bytes) > limit && told.length === 1, told.join());
  });
});
