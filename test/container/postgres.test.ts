import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, describe, it, type TestContext } from 'node:test';
import { assertOrder } from '../support/assert-order.ts';
import { engine, startContainer } from '../support/container.ts';
import { useExampleImage } from '../support/example-image.ts';
import { fetchInside } from '../support/fetch-inside.ts';
import { missing } from '../support/requirements.ts';

const START = [
  'database system is ready to accept connections',
  "spawned: 'migrate'",
  'migrate | the database is up to date',
  'exited: migrate (exit status 0; expected)',
  "spawned: 'app'",
];

const STOP = [
  'received SIGTERM',
  'stopped: app (exit status 0)',
  'received fast shutdown request',
  'database system is shut down',
  'stopped: postgres (exit status 0)',
];

describe('the postgres example', { skip: missing('container engine') }, () => {
  const volume = `initvisor-test-volume-${randomUUID().slice(0, 8)}`;
  const image = useExampleImage('postgres');
  after(() => engine('volume', 'rm', '--force', volume));

  /** Runs it on the volume until it has answered once, and ends it; returns the answer and the output. */
  async function visit(t: TestContext, end: 'stop' | 'kill'): Promise<readonly [answer: string, output: string]> {
    const flags = ['--volume', `${volume}:/var/lib/postgresql/data`];
    const container = startContainer(t, { image: image(), flags });
    await container.waitForOutput(/^app \| serving/m);
    const answer = await fetchInside(container, "/it's");
    if (end === 'stop') assert.equal(await container.stop(10), 0, container.output());
    else await container.signal('SIGKILL');
    await container.exited;
    return [answer, container.output()];
  }

  it('starts the application when the database is migrated, and shuts the database down after it', async (t) => {
    const [answer, output] = await visit(t, 'stop');
    assert.equal(answer, "visits to /it's: 1\n");
    assertOrder(output, ['made a cluster', ...START, ...STOP]);
    assert.deepEqual(output.match(/(?<=applying ).*/g), ['001-visits.sql', '002-visits-by-path.sql']);
  });

  it('does the same on the data that it has left, of which nothing is lost or done again', async (t) => {
    const [answer, output] = await visit(t, 'kill');
    assert.equal(answer, "visits to /it's: 2\n");
    assertOrder(output, START);
    assert.doesNotMatch(output, /made a cluster|applying|not properly shut down/);
  });

  it('waits until the database has recovered when the container was killed', async (t) => {
    const [answer, output] = await visit(t, 'stop');
    assert.equal(answer, "visits to /it's: 3\n");
    assertOrder(output, ['not properly shut down; automatic recovery in progress', ...START, ...STOP]);
  });

  it('ends with the status of a migration that fails, the database being shut down', async (t) => {
    const flags = ['--volume', '%DIR%/bad.sql:/srv/migrations/003-bad.sql'];
    const files = { 'bad.sql': 'DROP TABLE visitors;\n' };
    const container = startContainer(t, { image: image(), flags, files });
    assert.equal(await container.exited, 3, container.output());
    const reason = ['applying 003-bad.sql', 'ERROR:  table "visitors" does not exist', 'migrate entered FATAL state'];
    assertOrder(container.output(), [...reason, 'database system is shut down', 'stopped: postgres (exit status 0)']);
    assert.doesNotMatch(container.output(), /spawned: 'app'/);
  });
});
