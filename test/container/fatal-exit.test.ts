import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { startContainer } from '../support/container.ts';
import { useExampleImage } from '../support/example-image.ts';
import { missing } from '../support/requirements.ts';

const PROBLEM = 'cannot reach the database: connect ECONNREFUSED 127.0.0.1:5432';

describe('the fatal-exit example', { skip: missing('container engine') }, () => {
  const image = useExampleImage('fatal-exit');

  it('ends with the status of the program that failed, and leaves the reason and its last lines', async (t) => {
    const flags = ['--volume', '%DIR%/why:/dev/termination-log'];
    const container = startContainer(t, { image: image(), flags, files: { why: '' } });
    assert.equal(await container.exited, 3, container.output());
    const output = container.output();
    assert.equal(output.match(/spawned: 'api'/g)?.length, 3);
    assert.match(output, /api entered FATAL state(.*\n)+web \| closed\n(.*\n)*.* stopped: web \(exit status 0\)/);
    const [reason = '', ...lastLines] = readFileSync(join(container.dir, 'why'), 'utf8').trimEnd().split('\n');
    assert.match(reason, /^api entered FATAL state: .*; exit status 3$/);
    assert.deepEqual([...new Set(lastLines)], [PROBLEM]);
  });
});
