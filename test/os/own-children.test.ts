import assert from 'node:assert/strict';
import { it } from 'node:test';
import { recordChildren } from '../../src/os/own-children.ts';
import { createNativeChildren } from './native-children.ts';

it('children are remembered until they are taken, with whether they or their groups got our SIGKILL', async () => {
  const children = createNativeChildren();
  const { native, take } = recordChildren(children.native);
  const spawn = () => native.spawn(children.request(['/bin/sleep', '60'])).pid;
  const [killed, groupKilled, stopped, strange] = [spawn(), spawn(), spawn(), spawn()];
  assert.equal(native.kill(killed, 9), '');
  assert.equal(native.kill(-groupKilled, 9), '');
  assert.equal(native.kill(stopped, 15), '');
  process.kill(strange, 'SIGKILL');
  const exits = await Promise.all([killed, groupKilled, stopped, strange].map((pid) => children.waitForExit(pid)));
  assert.deepEqual(
    exits.map(({ status }) => status.kind === 'signal' && status.signal),
    [9, 9, 15, 9],
  );
  assert.deepEqual([killed, groupKilled, stopped, strange].map(take), ['killed', 'killed', 'unharmed', 'unharmed']);
  assert.deepEqual([killed, stopped, process.pid].map(take), [null, null, null]);
  children.reaper.close();
});
