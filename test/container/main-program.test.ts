import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { startContainer } from '../support/container.ts';
import { useExampleImage } from '../support/example-image.ts';
import { missing } from '../support/requirements.ts';

const SIDECARS = ['stopped: monitor (exit status 0)', 'stopped: collector (exit status 0)'];

const ends = (output: string) => output.match(/(exited|stopped): .*$/gm);

describe('the main-program example', { skip: missing('container engine') }, () => {
  const image = useExampleImage('main-program');
  const endless = () => ({ image: image(), flags: ['--env=PARTS=1000', '--env=FAILING=0'] });

  it('ends with the status of its main program, and stops the sidecars in order after it', async (t) => {
    const container = startContainer(t, { image: image() });
    assert.equal(await container.exited, 7, container.output());
    const output = container.output();
    assert.deepEqual(output.match(/(?<=spawned: ')\w+/g), ['collector', 'monitor', 'job']);
    assert.match(output, /^job \| part 1 of 3 is done\n(.*\n)*job \| part 3 of 3 failed$/m);
    assert.deepEqual(ends(output), ['exited: job (exit status 7; not expected)', ...SIDECARS]);
    // What the monitor measured last still got there.
    assert.match(
      output,
      /shutting down: .*\n(.*\n)*collector \| load .*\n(.*\n)*collector \| all \d+ measurements are kept$/m,
    );
  });

  it('ends with 137 when its main program is killed', async (t) => {
    const container = startContainer(t, endless());
    const [, pid = ''] = await container.waitForOutput(/spawned: 'job' with pid (\d+)/);
    await container.waitForOutput(/^job \| part 1 of 1000 is done$/m);
    await container.exec('sh', '-c', `kill -9 ${pid}`);
    assert.equal(await container.exited, 137, container.output());
    assert.deepEqual(ends(container.output()), ['exited: job (terminated by SIGKILL; not expected)', ...SIDECARS]);
  });

  it('ends with 0 when it is stopped, the main program first', async (t) => {
    const container = startContainer(t, endless());
    await container.waitForOutput(/^job \| part 1 of 1000 is done$/m);
    assert.equal(await container.stop(10), 0);
    assert.deepEqual(ends(container.output()), ['stopped: job (terminated by SIGTERM)', ...SIDECARS]);
  });
});
