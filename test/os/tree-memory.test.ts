import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import { readTreeMemory } from '../../src/os/tree-memory.ts';
import { temporaryDirectory } from '../support/daemon.ts';

const KIB = 1024;

interface FakeProcess {
  readonly pid: number;
  readonly parent: number;
  readonly group?: number;
  readonly state?: string;
  /** KiB: private, from files, shared memory. */
  readonly rss?: readonly [number, number, number];
  /** KiB; absent where the kernel does not tell. */
  readonly pss?: number;
}

/** A /proc laid out as the kernel's. */
function layOut(t: TestContext, processes: readonly FakeProcess[]): string {
  const proc = temporaryDirectory(t);
  for (const name of ['self', 'sys', 'uptime']) mkdirSync(join(proc, name));
  for (const { pid, parent, group = pid, state = 'S', rss, pss } of processes) {
    const directory = join(proc, String(pid));
    mkdirSync(directory);
    const rest = '-1 4194560 97 0 0 0 0 0 0 0 20 0 1 0 5512 2609152 435';
    writeFileSync(join(directory, 'stat'), `${pid} (a) (b 7) ${state} ${parent} ${group} ${group} 0 ${rest}\n`);
    const [own = 0, file = 0, shared = 0] = rss ?? [];
    const sizes =
      rss === undefined
        ? ''
        : `VmPeak:\t  999999 kB\nVmRSS:\t   ${own + file + shared} kB\nRssAnon:\t   ${own} kB\nRssFile:\t   ${file} kB\nRssShmem:\t   ${shared} kB\n`;
    writeFileSync(join(directory, 'status'), `Name:\ta\nPid:\t${pid}\nPPid:\t${parent}\n${sizes}Threads:\t1\n`);
    if (pss !== undefined) {
      const text = `55e0-7ffe ---p 00000000 00:00 0    [rollup]\nRss:     999999 kB\nPss:     ${pss} kB\nPss_Dirty:   1 kB\n`;
      writeFileSync(join(directory, 'smaps_rollup'), text);
    }
  }
  return proc;
}

async function measureAll(proc: string, roots: readonly number[]): Promise<Record<number, readonly [number, number]>> {
  const trees = await readTreeMemory(roots, proc);
  const rows = [...trees].map(async ([root, tree]) => {
    return [root, [tree.mostBytes / KIB, (await tree.measure()) / KIB]] as const;
  });
  return Object.fromEntries(await Promise.all(rows));
}

describe("the memory of a program's tree", () => {
  it('is that of all descendants and of its process group, and of nobody else', async (t) => {
    const proc = layOut(t, [
      { pid: 1, parent: 0, rss: [5000, 0, 0], pss: 5000 },
      { pid: 10, parent: 1, rss: [100, 0, 0], pss: 100 },
      // A child in a session of its own, with a child in another group; its parent comes after it.
      { pid: 9, parent: 12, group: 9, rss: [8, 0, 0], pss: 8 },
      { pid: 12, parent: 10, group: 12, rss: [4, 0, 0], pss: 4 },
      // Its parent is gone, the group is not.
      { pid: 13, parent: 1, group: 10, rss: [2, 0, 0], pss: 2 },
      { pid: 14, parent: 13, group: 14, rss: [1, 0, 0], pss: 1 },
      { pid: 15, parent: 10, group: 10, state: 'Z' },
      { pid: 20, parent: 1, rss: [300, 0, 0], pss: 300 },
      { pid: 30, parent: 1, rss: [700, 0, 0], pss: 700 },
    ]);
    assert.deepEqual(await measureAll(proc, [20, 10, 99, 15]), { 10: [115, 115], 20: [300, 300] });
  });

  it('counts shared pages once where the kernel tells, and else the most that one of them has', async (t) => {
    const proc = layOut(t, [
      { pid: 10, parent: 1, rss: [100, 50, 1000], pss: 430 },
      { pid: 11, parent: 10, rss: [10, 50, 1000], pss: 340 },
      { pid: 12, parent: 10, rss: [1, 40, 900] },
      { pid: 13, parent: 10, rss: [2, 60, 800] },
      { pid: 14, parent: 10 },
    ]);
    const most = 1150 + 1060 + 941 + 862;
    assert.deepEqual(await measureAll(proc, [10]), { 10: [most, 430 + 340 + 3 + 60 + 900] });
  });

  it('does without those that end while it is read', async (t) => {
    const proc = layOut(t, [
      { pid: 10, parent: 1, rss: [100, 0, 0], pss: 100 },
      { pid: 11, parent: 10, rss: [50, 0, 0], pss: 50 },
    ]);
    const tree = (await readTreeMemory([10], proc)).get(10);
    rmSync(join(proc, '11'), { recursive: true });
    assert.equal(await tree?.measure(), 100 * KIB);
  });

  it('comes to an end where pids that were taken again lead in a circle', async (t) => {
    const proc = layOut(t, [
      { pid: 10, parent: 1, rss: [100, 0, 0], pss: 100 },
      { pid: 11, parent: 12, rss: [1, 0, 0], pss: 1 },
      { pid: 12, parent: 11, rss: [1, 0, 0], pss: 1 },
    ]);
    assert.deepEqual(await measureAll(proc, [10]), { 10: [100, 100] });
  });

  it('is not known without /proc', async () => {
    assert.equal((await readTreeMemory([process.pid], '/no/such/proc')).size, 0);
  });

  it('lets the event loop go round between the files of hundreds of processes', async (t) => {
    const proc = layOut(
      t,
      Array.from({ length: 400 }, (_, index) => ({ pid: index + 10, parent: 10, rss: [1, 0, 0] as const })),
    );
    let turns = 0;
    let isRead = false;
    const count = (): void => {
      turns += 1;
      if (!isRead) setImmediate(count);
    };
    setImmediate(count);
    const tree = (await readTreeMemory([10], proc)).get(10);
    isRead = true;
    assert.equal(tree?.mostBytes, 400 * KIB);
    assert.ok(turns >= 18, `${turns} turns`);
  });

  it('is about what a child of a real child has taken', async (t) => {
    const takes = "const taken = Buffer.alloc(96 << 20, 1); console.log('taken'); setInterval(() => taken, 1000)";
    const quoted = `${process.execPath} -e "${takes}"`;
    const child = spawn('sh', ['-c', `sh -c '${quoted}; true' & wait`], { detached: true, stdio: 'pipe' });
    t.after(() => process.kill(-(child.pid ?? 0), 'SIGKILL'));
    await once(child.stdout, 'data');
    const tree = (await readTreeMemory([child.pid ?? 0])).get(child.pid ?? 0);
    const bytes = (await tree?.measure()) ?? 0;
    assert.ok(bytes > 96 * 2 ** 20 && bytes <= (tree?.mostBytes ?? 0), `${bytes} of at most ${tree?.mostBytes}`);
  });
});
