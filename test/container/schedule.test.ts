import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { startContainer } from '../support/container.ts';
import { useExampleImage } from '../support/example-image.ts';
import { missing } from '../support/requirements.ts';

const WHOLE_SYNC = /spawned: 'sync' with pid (.*\n)+?.* exited: sync \(exit status 0; expected\)/;

describe('the schedule example', { skip: missing('container engine') }, () => {
  const image = useExampleImage('schedule');

  it('shows the output of each run, and leaves out a run that would overlap', async (t) => {
    const container = startContainer(t, { image: image() });
    await container.waitForOutput(/^report \| load \d/m);
    const [sync] = await container.waitForOutput(WHOLE_SYNC);
    assert.deepEqual(
      sync.match(/(?<=^sync \| ).*$/gm),
      [1, 2, 3].map((part) => `part ${part} of 3 is done`),
    );
    assert.match(sync, /'sync' still runs as its schedule comes due: this run is left out/);
    assert.equal(sync.match(/spawned: 'sync'/g)?.length, 1);
  });

  it('starts a program out of its turn, and lets it end what it has begun when it is stopped', async (t) => {
    const container = startContainer(t, { image: image(), flags: ['--env=PARTS=1000'] });
    await container.waitForOutput(/serving unix:/);
    assert.equal(await container.exec('initvisorctl', 'start', 'report'), 'report: started\n');
    await container.waitForOutput(/^sync \| part 1 of 1000 is done$/m);
    assert.equal(await container.stop(10), 0);
    assert.match(
      container.output(),
      /received SIGTERM (.*\n)+sync \| part \d+ of 1000 is done\n(.*\n)*.*stopped: sync \(exit status 0\)/,
    );
  });
});
