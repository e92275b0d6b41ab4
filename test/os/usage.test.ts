import assert from 'node:assert/strict';
import { it } from 'node:test';
import { readUsage } from '../../src/os/usage.ts';

it('what a process takes is told with all that it started, and nothing of one that is gone', async () => {
  const usages = await readUsage([process.pid, 2 ** 30]);
  assert.deepEqual([...usages.keys()], [process.pid]);
  const { residentBytes = 0, processes = 0 } = usages.get(process.pid) ?? {};
  assert.ok(residentBytes > 10 * 2 ** 20 && processes >= 1, `${residentBytes} ${processes}`);
  assert.deepEqual(await readUsage([]), new Map());
});
