import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { ProcessView } from '../../src/supervisor/facade.ts';
import { encodeCall } from '../../src/xmlrpc/encode.ts';
import { bench, settle, status, watch } from './calling.ts';

const UP = { state: 'RUNNING', pid: 1 } as const;

describe('a start that waits', () => {
  const rows: readonly [changes: readonly Partial<ProcessView>[], answer: unknown][] = [
    [[{ state: 'RUNNING' }], true],
    [[{ state: 'STARTING' }, { state: 'RUNNING' }], true],
    [[{ state: 'BACKOFF', spawnError: 'Exited too quickly' }], '50 SPAWN_ERROR: x'],
    [[{ state: 'EXITED' }], '40 ABNORMAL_TERMINATION: x'],
    [[{ state: 'STOPPING' }], '40 ABNORMAL_TERMINATION: x'],
  ];
  for (const [changes, answer] of rows) {
    it(`ends with ${JSON.stringify(answer)} after ${changes.map(({ state }) => state).join(', ')}`, async () => {
      const { facade, call } = bench([{ name: 'x' }]);
      const start = watch(call('supervisor.startProcess', 'x'));
      await settle();
      assert.equal(start.answer, undefined);
      for (const change of changes) facade.change('x:x', change);
      await settle();
      assert.equal(start.answer, answer);
      assert.equal(facade.listenerCount, 0);
    });
  }

  it('ends when the process is taken away', async () => {
    const { facade, call } = bench([{ name: 'x' }]);
    const start = watch(call('supervisor.startProcess', 'x'));
    facade.drop('x:x');
    await settle();
    assert.equal(start.answer, '40 ABNORMAL_TERMINATION: x');
  });
});

describe('a group of processes', () => {
  it('is started all at once and told in the order in which they are done', async () => {
    const { facade, call } = bench(['a', 'b', 'c'].map((name) => ({ name, group: 'g' })));
    const start = watch(call('supervisor.startProcessGroup', 'g'));
    await settle();
    assert.deepEqual(facade.orders, ['start g:a', 'start g:b', 'start g:c']);
    facade.change('g:c', { state: 'RUNNING' });
    facade.change('g:a', { state: 'BACKOFF', spawnError: 'no' });
    await settle();
    assert.equal(start.answer, undefined);
    facade.change('g:b', { state: 'RUNNING' });
    await settle();
    assert.deepEqual(start.answer, [status('c', 'g'), status('a', 'g', 50, 'SPAWN_ERROR: g:a'), status('b', 'g')]);
    assert.equal(facade.listenerCount, 0);
  });

  it('is stopped by ascending priority, those that are down left out', async () => {
    const { facade, call } = bench([
      { name: 'a', ...UP, groupPriority: 9 },
      { name: 'b', ...UP, groupPriority: 1 },
      { name: 'c', groupPriority: 5 },
    ]);
    const stop = watch(call('supervisor.stopAllProcesses'));
    await settle();
    assert.deepEqual(facade.orders, ['stop b:b', 'stop a:a']);
    facade.change('a:a', { state: 'STOPPED' });
    facade.change('b:b', { state: 'STOPPED' });
    await settle();
    assert.deepEqual(stop.answer, [status('a'), status('b')]);
  });

  it('of which nobody is concerned gives an empty list', async () => {
    assert.deepEqual(await bench([{ name: 'a', ...UP }]).call('supervisor.startAllProcesses'), []);
  });
});

describe('a stop that waits', () => {
  it('says so at once and every two seconds, once however many wait', async () => {
    const { facade, call, time } = bench([{ name: 'a', group: 'g', ...UP }]);
    const reports = () => facade.logged.filter(([level, text]) => level === 'info' && text === 'waiting for a to stop');
    const stop = watch(call('supervisor.stopProcess', 'g:a'));
    assert.equal(reports().length, 1);
    time.advance(1999);
    assert.equal(reports().length, 1);
    time.advance(1);
    assert.equal(reports().length, 2);
    facade.change('g:a', UP);
    const again = watch(call('supervisor.stopProcessGroup', 'g'));
    assert.equal(reports().length, 2);
    time.advance(2000);
    assert.equal(reports().length, 3);
    facade.change('g:a', { state: 'STOPPED' });
    await settle();
    assert.deepEqual([stop.answer, again.answer], [true, [status('a', 'g')]]);
    assert.equal(time.pending, 0);
  });
});

describe('a client that goes away', () => {
  for (const [method, params] of [
    ['supervisor.stopAllProcesses', []],
    ['supervisor.startProcess', ['down']],
    ['initvisor.wait', ['down', 'running', 5]],
    ['system.multicall', [[{ methodName: 'supervisor.stopProcess', params: ['up'] }]]],
  ] as const) {
    it(`leaves nothing behind of ${method}`, async () => {
      const { facade, rpc, time } = bench([{ name: 'up', ...UP }, { name: 'down' }, { name: 'other', ...UP }]);
      const controller = new AbortController();
      const answer = rpc.handle(Buffer.from(encodeCall(method, params)), controller.signal);
      await settle();
      assert.ok(facade.listenerCount > 0);
      controller.abort();
      assert.deepEqual(await answer, { status: 499, body: Buffer.alloc(0) });
      await settle();
      assert.deepEqual([facade.listenerCount, time.pending], [0, 0]);
      assert.deepEqual(
        facade.logged.filter(([level]) => level === 'critical'),
        [],
      );
    });
  }

  it('was gone before its call is waited for', async () => {
    const { facade, rpc } = bench([{ name: 'down' }]);
    const call = Buffer.from(encodeCall('supervisor.startProcess', ['down']));
    assert.equal((await rpc.handle(call, AbortSignal.abort())).status, 499);
    assert.equal(facade.listenerCount, 0);
  });
});

describe('initvisor.wait', () => {
  it('answers at once, on a change, or false when the time is up', async () => {
    const { facade, call, time } = bench([{ name: 'a', ...UP }, { name: 'b' }]);
    assert.equal(await call('initvisor.wait', 'a', 'running', 0), true);
    const exited = watch(call('initvisor.wait', 'a', 'exited', 1.5));
    const running = watch(call('initvisor.wait', 'b', 'running', 10));
    time.advance(1499);
    await settle();
    assert.equal(exited.answer, undefined);
    time.advance(1);
    facade.change('b:b', { state: 'RUNNING' });
    await settle();
    assert.deepEqual([exited.answer, running.answer], [false, true]);
    assert.deepEqual([facade.listenerCount, time.pending], [0, 0]);
  });

  it('waits for all of a group', async () => {
    const { facade, call } = bench([
      { name: 'a', group: 'g', ...UP },
      { name: 'b', group: 'g', ...UP },
    ]);
    const stopped = watch(call('initvisor.wait', 'g:*', 'stopped', 10));
    facade.change('g:a', { state: 'EXITED' });
    await settle();
    assert.equal(stopped.answer, undefined);
    facade.change('g:b', { state: 'FATAL' });
    await settle();
    assert.equal(stopped.answer, true);
  });

  it('gives up on what is hopeless or wrong', async () => {
    const { facade, call } = bench([{ name: 'a' }]);
    assert.equal(await call('initvisor.wait', 'no', 'running', 1), '10 BAD_NAME: no');
    assert.equal(await call('initvisor.wait', 'a', 'constructor', 1), '3 BAD_ARGUMENTS: constructor');
    assert.equal(await call('initvisor.wait', 'a', 'running', -1), '3 BAD_ARGUMENTS: -1');
    const running = watch(call('initvisor.wait', 'a', 'running', 1));
    facade.change('a:a', { state: 'FATAL' });
    await settle();
    assert.equal(running.answer, '40 ABNORMAL_TERMINATION: a');
  });
});
