import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import {
  appendFileSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  renameSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { followFile } from '../../src/os/follow-file.ts';
import { temporaryDirectory } from '../support/daemon.ts';
import { waitFor } from '../support/wait-for.ts';

function descriptorsIn(dir: string): string[] {
  return readdirSync('/proc/self/fd')
    .map((fd) => {
      try {
        return readlinkSync(`/proc/self/fd/${fd}`);
      } catch {
        return '';
      }
    })
    .filter((path) => path.startsWith(dir));
}

/** Whether an inotify watch of ours is on an inode. */
function isWatched(inode: number): boolean {
  const line = new RegExp(`^inotify .* ino:${inode.toString(16)} `, 'm');
  return readdirSync('/proc/self/fdinfo').some((fd) => {
    try {
      return line.test(readFileSync(`/proc/self/fdinfo/${fd}`, 'utf8'));
    } catch {
      // Closed meanwhile.
      return false;
    }
  });
}

interface Reader {
  text(): string;
  waitForText(text: string): Promise<unknown>;
  stop(): Promise<void>;
}

/** Follows until the test ends; a truncation is read as <T>. */
async function read(t: TestContext, path: string, headBytes = 1024): Promise<Reader> {
  const controller = new AbortController();
  const file = await followFile(path, headBytes, controller.signal);
  assert.ok(file !== null);
  let text = '';
  const done = (async () => {
    for await (const chunk of file.chunks) text += chunk === 'truncated' ? '<T>' : chunk.toString('utf8');
  })();
  const stop = () => {
    controller.abort();
    return done;
  };
  t.after(stop);
  return {
    text: () => text,
    waitForText: (wanted) =>
      waitFor(
        () => text === wanted,
        JSON.stringify(wanted),
        undefined,
        () => JSON.stringify(text),
      ),
    stop,
  };
}

test('a reader gets the end of what is there and all that comes', async (t) => {
  const path = join(temporaryDirectory(t), 'log');
  writeFileSync(path, `${'x'.repeat(5000)}end\n`);
  const reader = await read(t, path, 4);
  await reader.waitForText('end\n');
  appendFileSync(path, 'one\n');
  await reader.waitForText('end\none\n');
  appendFileSync(path, 'two\n');
  await reader.waitForText('end\none\ntwo\n');
});

test('a short file is read whole, and an empty one until it grows', async (t) => {
  const path = join(temporaryDirectory(t), 'log');
  writeFileSync(path, '');
  const reader = await read(t, path);
  appendFileSync(path, 'first\n');
  await reader.waitForText('first\n');
});

test('after a rotation the old file is read to its end and the new one from its start', async (t) => {
  const path = join(temporaryDirectory(t), 'log');
  writeFileSync(path, 'old\n');
  const reader = await read(t, path);
  await reader.waitForText('old\n');
  appendFileSync(path, 'last of the old\n');
  renameSync(path, `${path}.1`);
  writeFileSync(path, 'new\n');
  await reader.waitForText('old\nlast of the old\nnew\n');
  appendFileSync(path, 'newer\n');
  await reader.waitForText('old\nlast of the old\nnew\nnewer\n');
});

test('a file that goes and comes back later is read on', async (t) => {
  const dir = temporaryDirectory(t);
  const path = join(dir, 'log');
  writeFileSync(path, 'old\n');
  const reader = await read(t, path);
  await reader.waitForText('old\n');
  rmSync(path);
  await waitFor(() => isWatched(statSync(dir).ino), 'the folder to be watched');
  writeFileSync(`${path}.other`, 'not this\n');
  writeFileSync(path, 'new\n');
  await reader.waitForText('old\nnew\n');
});

test('a folder that goes and comes back later is looked for', async (t) => {
  const dir = join(temporaryDirectory(t), 'folder');
  mkdirSync(dir);
  const path = join(dir, 'log');
  writeFileSync(path, 'old\n');
  const { ino } = statSync(path);
  const reader = await read(t, path);
  await reader.waitForText('old\n');
  assert.ok(isWatched(ino));
  renameSync(dir, `${dir}.moved`);
  rmSync(`${dir}.moved`, { recursive: true });
  await waitFor(() => !isWatched(ino), 'the end of the watch');
  mkdirSync(dir);
  writeFileSync(path, 'new\n');
  await reader.waitForText('old\nnew\n');
});

test('many rotations lose nothing that stays in the newest two', async (t) => {
  const path = join(temporaryDirectory(t), 'log');
  writeFileSync(path, '');
  const reader = await read(t, path);
  let expected = '';
  for (let round = 0; round < 20; round += 1) {
    appendFileSync(path, `${round}\n`);
    renameSync(path, `${path}.1`);
    writeFileSync(path, `${round} new\n`);
    expected += `${round}\n${round} new\n`;
    await reader.waitForText(expected);
  }
});

test('a truncated file is said to be and read from its start', async (t) => {
  const path = join(temporaryDirectory(t), 'log');
  writeFileSync(path, 'a long line\n');
  const reader = await read(t, path);
  await reader.waitForText('a long line\n');
  truncateSync(path, 0);
  await reader.waitForText('a long line\n<T>');
  appendFileSync(path, 'again\n');
  await reader.waitForText('a long line\n<T>again\n');
});

test('a folder that goes with its file is waited for', async (t) => {
  const dir = join(temporaryDirectory(t), 'folder');
  mkdirSync(dir);
  const path = join(dir, 'log');
  writeFileSync(path, 'old\n');
  const reader = await read(t, path);
  await reader.waitForText('old\n');
  renameSync(dir, `${dir}.moved`);
  mkdirSync(dir);
  writeFileSync(path, 'new\n');
  appendFileSync(join(`${dir}.moved`, 'log'), 'last\n');
  await waitFor(() => reader.text().endsWith('new\n'), 'the new file', undefined, reader.text);
});

test('a reader that stops keeps nothing open', async (t) => {
  const dir = temporaryDirectory(t);
  const path = join(dir, 'log');
  writeFileSync(path, 'x\n');
  const readers = await Promise.all(Array.from({ length: 20 }, () => read(t, path)));
  for (const reader of readers) await reader.waitForText('x\n');
  assert.equal(descriptorsIn(dir).length, 20);
  for (const reader of readers) await reader.stop();
  assert.deepEqual(descriptorsIn(dir), []);
});

test('a file that nobody read in the end is closed too', async (t) => {
  const dir = temporaryDirectory(t);
  const path = join(dir, 'log');
  writeFileSync(path, 'x\n');
  const controller = new AbortController();
  const files = [await followFile(path, 10, controller.signal)];
  controller.abort();
  files.push(await followFile(path, 10, AbortSignal.abort()));
  await waitFor(() => descriptorsIn(dir).length === 0, 'closed files');
  // Still referred to, so that it was not the garbage collector.
  assert.equal(files.length, 2);
  assert.ok(!files.includes(null));
});

test('a reader far behind is not read for', async (t) => {
  const path = join(temporaryDirectory(t), 'log');
  writeFileSync(path, Buffer.alloc(10 << 20, 'x'));
  const controller = new AbortController();
  t.after(() => controller.abort());
  const file = await followFile(path, 10 << 20, controller.signal);
  const chunks = file?.chunks[Symbol.asyncIterator]();
  const first = await chunks?.next();
  assert.ok(Buffer.isBuffer(first?.value) && first.value.length <= 64 << 10);
  await chunks?.return?.();
});

const NO_FILES: readonly (readonly [what: string, make: (path: string) => void])[] = [
  ['nothing', () => undefined],
  ['a folder', (path) => mkdirSync(path)],
  ['a FIFO', (path) => void spawnSync('mkfifo', [path])],
];

for (const [what, make] of NO_FILES) {
  test(`${what} cannot be followed`, async (t) => {
    const path = join(temporaryDirectory(t), 'log');
    make(path);
    assert.equal(await followFile(path, 10, AbortSignal.timeout(60_000)), null);
  });
}
