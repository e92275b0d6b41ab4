import assert from 'node:assert/strict';
import { test } from 'node:test';
import { RLIMIT_NUMBERS, raiseLimits } from '../../src/os/limits.ts';
import { loadNative } from '../../src/os/native.ts';
import { distDirectory } from './native-children.ts';

const { NOFILE, NPROC } = RLIMIT_NUMBERS;

/** Limits of a process that may not raise its hard ones unless it is privileged. */
function fakeLimits(files: [number, number], processes: [number, number], privileged: boolean) {
  const values = new Map([
    [NOFILE as number, files],
    [NPROC as number, processes],
  ]);
  return {
    values,
    getRlimit: (resource: number): [number, number] => values.get(resource) ?? assert.fail(`asked for ${resource}`),
    setRlimit(resource: number, soft: number, hard: number): void {
      if (!privileged && hard > (values.get(resource)?.[1] ?? 0)) throw new Error('EPERM');
      values.set(resource, [soft, hard]);
    },
  };
}

const wanted = { minfds: 1024, minprocs: 200 };

test('limits that are high enough or unlimited stay as they are, silently', () => {
  const limits = fakeLimits([1024, 1024], [-1, -1], false);
  assert.deepEqual(raiseLimits(limits, wanted), { messages: [], problem: null });
  assert.deepEqual(limits.values.get(NOFILE), [1024, 1024]);
});

test('a low soft limit is raised and told, the hard one stays', () => {
  const limits = fakeLimits([100, 5000], [10, -1], true);
  const messages = ['Increased RLIMIT_NOFILE limit to 1024', 'Increased RLIMIT_NPROC limit to 200'];
  assert.deepEqual(raiseLimits(limits, wanted), { messages, problem: null });
  assert.deepEqual(
    [...limits.values.values()],
    [
      [1024, 5000],
      [200, -1],
    ],
  );
});

test('a privileged process raises a hard limit too', () => {
  const limits = fakeLimits([100, 100], [-1, -1], true);
  assert.equal(raiseLimits(limits, wanted).problem, null);
  assert.deepEqual(limits.values.get(NOFILE), [1024, 1024]);
});

test('what cannot be raised is told with the number that holds', () => {
  const files = raiseLimits(fakeLimits([100, 500], [-1, -1], false), wanted).problem ?? '';
  assert.match(
    files,
    /^The minimum number of file descriptors .* is 1024 as per .* open 500 file descriptors\. {2}Either/,
  );
  const processes = raiseLimits(fakeLimits([2000, 2000], [10, 50], false), wanted).problem ?? '';
  assert.match(
    processes,
    /^The minimum number of available processes .* is 200 as per .* open 50 processes\. {2}Either/,
  );
});

test('limits of this process are read and set', () => {
  const native = loadNative(distDirectory);
  const [soft, hard] = native.getRlimit(RLIMIT_NUMBERS.CORE);
  native.setRlimit(RLIMIT_NUMBERS.CORE, 0, hard);
  assert.deepEqual(native.getRlimit(RLIMIT_NUMBERS.CORE), [0, hard]);
  native.setRlimit(RLIMIT_NUMBERS.CORE, soft, hard);
  assert.throws(() => native.setRlimit(RLIMIT_NUMBERS.CORE, 10, 5), { code: 'EINVAL', syscall: 'setrlimit' });
  assert.throws(() => native.getRlimit(999), { code: 'EINVAL', syscall: 'getrlimit' });
});
