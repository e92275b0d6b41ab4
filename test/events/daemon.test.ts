import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { startRecording, tally } from './recording.ts';

const REMOTE = 'supervisor.sendRemoteCommEvent';

const listener = (name: string, command: string, ...lines: readonly string[]): string =>
  [`[eventlistener:${name}]`, `command=${command}`, 'startsecs=0', ...lines, ''].join('\n');

describe('the events of a running daemon', { concurrency: true }, () => {
  it('reach listeners in a burst of a thousand, each one listener, in order', async (t) => {
    const config = [
      listener('one', tally('one'), 'events=REMOTE_COMMUNICATION', 'buffer_size=1000'),
      listener(
        'three',
        tally('three.%(process_num)d'),
        'events=REMOTE_COMMUNICATION',
        'buffer_size=1000',
        'numprocs=3',
        'process_name=l%(process_num)d',
      ),
    ];
    const world = await startRecording(t, config.join('\n'));
    await world.waitForLog(/ACKNOWLEDGED -> READY/, 4);
    const payloads = Array.from({ length: 1000 }, (_, index) => `type:burst\n${index}`);
    const calls = payloads.map((_, index) => ({ methodName: REMOTE, params: ['burst', String(index)] }));
    await world.client.call('system.multicall', calls);
    await world.waitForLog(/event was processed/, 2000);
    assert.deepEqual(
      world.events('one').map(({ payload }) => payload),
      payloads,
    );
    const shares = ['three.0', 'three.1', 'three.2'].map((name) => world.events(name).map(({ payload }) => payload));
    for (const share of shares) {
      const places = share.map((payload) => payloads.indexOf(payload));
      assert.deepEqual(
        places,
        [...places].sort((a, b) => a - b),
      );
    }
    assert.deepEqual(shares.flat().sort(), [...payloads].sort());
  });

  it('cost a listener that never reads only itself, and one of any size arrives whole', async (t) => {
    const deaf = listener('deaf', '/bin/sh -c "echo READY; exec sleep 1000"', 'events=REMOTE_COMMUNICATION');
    const world = await startRecording(t, deaf + listener('well', tally('well'), 'events=REMOTE_COMMUNICATION'));
    await world.waitForLog(/ACKNOWLEDGED -> READY/, 2);
    const big = 'zażółć\n'.repeat(50_000);
    for (const data of [big, 'small']) assert.deepEqual(await world.client.call(REMOTE, 'x', data), { value: true });
    await world.waitForEvents('well', 2);
    assert.deepEqual(
      world.events('well').map(({ payload }) => payload),
      [`type:x\n${big}`, 'type:x\nsmall'],
    );
    const stopped = await world.client.call('supervisor.stopProcess', 'deaf');
    assert.deepEqual(stopped, { value: true });
    await world.waitForLog(/rebuffering event 0 for pool deaf/);
    await world.client.call('supervisor.startProcess', 'deaf');
    await world.waitForLog(/event 0 sent to listener deaf/, 2);
    assert.doesNotMatch(world.log(), /cannot write|were lost|internal error/);
    assert.equal(await world.daemon.stop(), 0);
  });

  it('tell of the last output of a process before its end', async (t) => {
    const talkers = ['[program:talks]', 'command=/bin/echo last words', 'process_name=p%(process_num)d', 'numprocs=50'];
    const options = ['stdout_events_enabled=true', 'startsecs=0', 'autorestart=false', ''];
    const events = 'events=PROCESS_LOG,PROCESS_STATE_EXITED';
    const pool = listener('all', tally('all'), events, 'buffer_size=1000', 'priority=1');
    const world = await startRecording(t, [...talkers, ...options, pool].join('\n'));
    await world.waitForEvents('all', 100);
    const told = world.events('all').map(({ headers, payload }) => ({
      kind: /PROCESS_\w+/.exec(JSON.stringify(headers))?.[0],
      name: /processname:(\w+)/.exec(payload)?.[1],
    }));
    for (let i = 0; i < 50; i++) {
      const kinds = told.filter(({ name }) => name === `p${i}`).map(({ kind }) => kind);
      assert.deepEqual(kinds, ['PROCESS_LOG_STDOUT', 'PROCESS_STATE_EXITED'], `p${i}`);
    }
  });

  it('tick on the multiples of five seconds', async (t) => {
    const world = await startRecording(t, listener('clock', tally('clock'), 'events=TICK_5'));
    await world.waitForEvents('clock', 1);
    const [first] = world.events('clock');
    const when = Number(/^when:(\d+)$/.exec(first?.payload ?? '')?.[1]);
    const now = Date.now() / 1000;
    assert.ok(when % 5 === 0 && when <= now && now < when + 5, `${when} at ${now}`);
  });

  it('come with a warning about a result handler that does not exist here', async (t) => {
    const world = await startRecording(
      t,
      listener('l', tally('l'), 'events=TICK_5', 'result_handler=superlance.some:handler'),
    );
    const line = 'WARN [eventlistener:l] result_handler=superlance.some:handler: only the default handler exists here';
    assert.ok(world.log().includes(line), world.log());
  });
});
