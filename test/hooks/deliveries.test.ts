import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { EventDescription } from '../../src/events/describe-event.ts';
import { DeliveryError } from '../../src/hooks/delivery.ts';
import { webhookDelivery } from '../../src/hooks/post-event.ts';
import { commandDelivery, eventEnvironment } from '../../src/hooks/run-command.ts';
import { exitedWith, killedBy } from '../../src/model/exit-status.ts';
import type { ChildCommand } from '../../src/os/child-runner.ts';
import type { PostRequest } from '../../src/os/http-post.ts';

const EVENT: EventDescription = {
  event: 'PROCESS_STATE_EXITED',
  serial: 7,
  time: '2026-11-21T01:02:03.000Z',
  identifier: 'supervisor',
  host: 'box',
  process: 'web_0',
  group: 'web',
  state: 'EXITED',
  expected: false,
};
const { signal } = new AbortController();

async function failureOf(promise: Promise<void>): Promise<string | null> {
  try {
    await promise;
    return null;
  } catch (error) {
    assert.ok(error instanceof DeliveryError);
    return `${error.message}${error.isPassing ? '' : ', for good'}`;
  }
}

describe('a webhook', () => {
  it('posts the event as JSON, the own headers over the usual ones', async () => {
    const sent: PostRequest[] = [];
    const send = async (request: PostRequest) => sent.push(request) + 199;
    const target = { url: 'http://a/', headers: { Authorization: 't', 'Content-Type': 'text/json' } };
    await webhookDelivery(target, '1.2.3', send)(EVENT, signal);
    assert.deepEqual(JSON.parse(sent[0]?.body ?? ''), EVENT);
    const headers = { 'User-Agent': 'initvisor/1.2.3', Authorization: 't', 'Content-Type': 'text/json' };
    assert.deepEqual(sent[0]?.headers, headers);
  });

  const ANSWERS: readonly (readonly [status: number, failure: string | null])[] = [
    [200, null],
    [204, null],
    [301, 'the server answered 301, for good'],
    [401, 'the server answered 401, for good'],
    [408, 'the server answered 408'],
    [429, 'the server answered 429'],
    [500, 'the server answered 500'],
    [0, 'the server answered 0, for good'],
  ];
  for (const [status, failure] of ANSWERS) {
    it(`takes ${status} for ${failure === null ? 'success' : 'a failure'}`, async () => {
      const deliver = webhookDelivery({ url: 'http://a/', headers: {} }, '1', async () => status);
      assert.equal(await failureOf(deliver(EVENT, signal)), failure);
    });
  }

  it('tells of an error without a message by its code', async () => {
    const error = Object.assign(new AggregateError([], ''), { code: 'ECONNREFUSED' });
    const deliver = webhookDelivery({ url: 'http://a/', headers: {} }, '1', () => Promise.reject(error));
    assert.equal(await failureOf(deliver(EVENT, signal)), 'ECONNREFUSED');
  });
});

describe('a command', () => {
  it('gets the event in its environment and on stdin', async () => {
    const runs: ChildCommand[] = [];
    const run = async (command: ChildCommand) => exitedWith(runs.push(command) - 1);
    await commandDelivery('on-event', () => ({ A: '1' }), run)(EVENT, signal);
    assert.equal(runs[0]?.stdin, `${JSON.stringify(EVENT)}\n`);
    const { A, INITVISOR_EVENT_NAME, INITVISOR_EVENT_EXPECTED } = runs[0]?.environment ?? {};
    assert.deepEqual([A, INITVISOR_EVENT_NAME, INITVISOR_EVENT_EXPECTED], ['1', 'PROCESS_STATE_EXITED', 'false']);
  });

  it('gets nothing that an environment cannot hold', () => {
    const odd = eventEnvironment({ ...EVENT, type: `a\0b${'c'.repeat(5000)}`, data: 'd' });
    assert.equal(odd.INITVISOR_EVENT_TYPE, `ab${'c'.repeat(1022)}`);
    assert.equal(odd.INITVISOR_EVENT_DATA, undefined);
  });

  it('fails with any other status than 0', async () => {
    const run = (status: ReturnType<typeof exitedWith>) =>
      failureOf(
        commandDelivery(
          'x',
          () => ({}),
          async () => status,
        )(EVENT, signal),
      );
    assert.equal(await run(exitedWith(0)), null);
    assert.equal(await run(exitedWith(3)), 'exit status 3');
    assert.equal(await run(killedBy(9)), 'terminated by SIGKILL');
    const broken = commandDelivery(
      'x',
      () => ({}),
      () => Promise.reject(new Error('no such file')),
    );
    assert.equal(await failureOf(broken(EVENT, signal)), 'no such file');
  });
});
