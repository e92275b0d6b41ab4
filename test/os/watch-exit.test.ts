import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { after, it } from 'node:test';
import { waitFor } from '../support/wait-for.ts';
import { createNativeChildren, distDirectory } from './native-children.ts';

const { native, reaper, request, run, waitForExit } = createNativeChildren();
after(() => reaper.close());

it('tells the end of each process once, and of nobody else', async () => {
  const ended: string[] = [];
  const spawn = () => native.spawn(request(['/bin/sleep', '1000'])).pid;
  const [first, second] = [spawn(), spawn()];
  native.watchExit(first, () => ended.push('first'));
  native.watchExit(first, () => ended.push('first again'));
  native.watchExit(second, () => ended.push('second'));

  native.kill(first, 9);
  await waitFor(() => ended.length === 2, 'both of its watches');
  assert.deepEqual(ended.sort(), ['first', 'first again']);
  native.kill(second, 9);
  await waitFor(() => ended.length === 3, 'the watch of the other');
  await waitForExit(first);
  await waitForExit(second);
});

it('refuses a process that is not there, and what is no pid', () => {
  assert.throws(() => native.watchExit(2 ** 22 + 1, () => undefined), { code: 'ESRCH', syscall: 'pidfd_open' });
  assert.throws(() => native.watchExit(0, () => undefined), RangeError);
  assert.throws(() => native.watchExit('1' as unknown as number, () => undefined), TypeError);
});

it('keeps no process alive that has nothing else to do', async (t) => {
  const sleeper = native.spawn(request(['/bin/sleep', '1000'])).pid;
  t.after(() => native.kill(sleeper, 9));
  const addon = readdirSync(distDirectory).find((name) => name.endsWith('.node')) ?? '';
  const script = `
    const addon = { exports: {} };
    process.dlopen(addon, process.argv[1]);
    addon.exports.watchExit(${sleeper}, () => undefined);`;
  const { status } = await run([process.execPath, '-e', script, join(distDirectory, addon)]);
  assert.deepEqual(status, { kind: 'code', code: 0 });
});
