import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { buildBaseImage, removeImages, startContainer } from '../support/container.ts';
import { missing } from '../support/requirements.ts';
import { waitFor } from '../support/wait-for.ts';

const ORPHANS = 200;

// Each is the child of a shell that ends at once. They stay long enough to be all there together.
const CONFIG = `
[supervisord]
logfile=/dev/null
pidfile=/tmp/supervisord.pid

[program:forker]
command=/bin/sh -c 'for i in $(seq ${ORPHANS}); do (sleep 2 &); done; echo forked; exec sleep 1000000'
stdout_logfile=/dev/stdout
`;

// Name and state of every process, for tools of that kind are not in the image.
const PROCESSES = `for stat in /proc/[0-9]*/stat; do cat $stat; done 2>/dev/null | sed 's/^.*(\\(.*\\)) \\(.\\).*/\\1 \\2/'`;

describe('orphans in a container', { skip: missing('container engine') }, () => {
  let image = '';
  before(async () => {
    image = await buildBaseImage();
  });
  after(() => removeImages(image));

  for (const [what, flags] of [
    ['as PID 1', []],
    ['under another PID 1', ['--init']],
  ] as const) {
    it(`are reaped, all ${ORPHANS} of them, ${what}`, async (t) => {
      const container = startContainer(t, { image, flags, config: CONFIG });
      await container.waitForOutput(/^forked$/m);
      const reaped = () => container.output().match(/reaped unknown pid \d+ \(exit status 0\)/g)?.length ?? 0;
      await waitFor(
        () => reaped() >= ORPHANS,
        `${ORPHANS} orphans to be reaped`,
        undefined,
        () => `${reaped()} were`,
      );
      const processes = await container.exec('sh', '-c', PROCESSES);
      assert.match(processes, /^node S$/m);
      assert.doesNotMatch(processes, / Z$/m);
      assert.equal(await container.stop(10), 0);
    });
  }
});
