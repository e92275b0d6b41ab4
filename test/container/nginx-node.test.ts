import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { buildBaseImage, buildImage, removeImages, startContainer, type TestContainer } from '../support/container.ts';
import { ROOT } from '../support/daemon.ts';
import { fetchInside } from '../support/fetch-inside.ts';
import { missing } from '../support/requirements.ts';

const FOLDER = join(ROOT, 'examples', 'nginx-node');
const config = readFileSync(join(FOLDER, 'supervisord.conf'), 'utf8');

async function waitUntilUp(container: TestContainer): Promise<void> {
  for (const name of ['app', 'worker', 'nginx']) {
    await container.waitForOutput(new RegExp(`success: ${name} entered RUNNING`));
  }
}

describe('the nginx-node example', { skip: missing('container engine') }, () => {
  let base = '';
  let image = '';
  before(async () => {
    base = await buildBaseImage();
    image = await buildImage(FOLDER, '--build-arg', `BASE=${base}`);
  });
  after(() => removeImages(image, base));

  const ways: readonly (readonly [what: string, flags: readonly string[]])[] = [
    ['', []],
    [' as any user on a read-only root', ['--read-only', '--tmpfs=/tmp', '--user=12345:0']],
  ];
  for (const [what, flags] of ways) {
    it(`serves a page through nginx${what}, and stops in order without a warning that could be spared`, async (t) => {
      const container = startContainer(t, { image, flags, config });
      await waitUntilUp(container);
      assert.equal(
        await fetchInside(container, '/some/page'),
        'Hello from the application: you asked for /some/page\n',
      );
      await container.waitForOutput(/"GET \/some\/page HTTP\/1\.1" 200/);
      assert.equal(await container.stop(10), 0);
      const ended = container.output().match(/(?<=stopped: )\w+ \(.*\)/g);
      assert.deepEqual(ended, ['nginx (exit status 0)', 'worker (terminated by SIGTERM)', 'app (exit status 0)']);
      const warnings = container.output().match(/(?<=(WARN|ERRO|CRIT) ).*$/gm);
      const expected = ['received SIGTERM indicating exit request', 'stopped: worker (terminated by SIGTERM)'];
      assert.deepEqual(warnings, expected);
    });
  }

  it('has its worker back after kill -9', async (t) => {
    const container = startContainer(t, { image, config });
    await waitUntilUp(container);
    const [, pid = ''] = await container.waitForOutput(/worker: started as pid (\d+)/);
    await container.exec('sh', '-c', `kill -9 ${pid}`);
    await container.waitForOutput(
      /exited: worker \(terminated by SIGKILL; not expected\)\n(.*\n)*worker: started as pid/,
    );
    assert.match(await fetchInside(container, '/'), /Hello/);
    assert.equal(await container.stop(10), 0);
  });

  it('answers what it has accepted before it stops', async (t) => {
    const container = startContainer(t, { image, config });
    await waitUntilUp(container);
    assert.equal(await container.stop(10), 0);
    assert.match(container.output(), /app: closed/);
  });
});
