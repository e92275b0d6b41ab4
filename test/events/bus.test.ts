import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { StateChange } from '../../src/core/process-state.ts';
import { EventBus } from '../../src/events/bus.ts';
import { renderStateChange } from '../../src/events/process-state.ts';

describe('the event bus', () => {
  it('hands an event to subscribers of it and of its ancestors, in order, and to nobody else', () => {
    const bus = new EventBus(assert.ifError);
    const heard: string[] = [];
    bus.subscribe(['EVENT'], ({ name, payload }) => heard.push(`root ${name} ${payload}`));
    bus.subscribe(['PROCESS_STATE'], ({ name }) => heard.push(`state ${name}`));
    bus.subscribe(['TICK_5', 'PROCESS_STATE_STOPPED'], ({ name }) => heard.push(`other ${name}`));
    bus.emit('PROCESS_STATE_EXITED', () => 'x');
    assert.deepEqual(heard, ['root PROCESS_STATE_EXITED x', 'state PROCESS_STATE_EXITED']);
  });

  it('renders a payload once, and not at all when nobody listens', () => {
    const bus = new EventBus(assert.ifError);
    let rendered = 0;
    const payload = () => String(++rendered);
    bus.emit('TICK_5', payload);
    const end = bus.subscribe(['TICK'], () => undefined);
    bus.subscribe(['TICK_5'], () => undefined);
    bus.emit('TICK_60', payload);
    end();
    bus.emit('TICK_60', payload);
    assert.equal(rendered, 1);
  });

  it('lets no handler keep an event from the others', () => {
    const errors: unknown[] = [];
    const bus = new EventBus((error) => errors.push(error));
    const heard: string[] = [];
    bus.subscribe(['TICK'], () => {
      throw new Error('mine');
    });
    bus.subscribe(['TICK'], ({ name }) => heard.push(name));
    bus.emit('TICK_5', () => '');
    assert.deepEqual([errors.length, heard], [1, ['TICK_5']]);
  });
});

describe('subscriptions', () => {
  it('say what is heard, and tell when that changes', () => {
    const bus = new EventBus(assert.ifError);
    const heard: boolean[] = [];
    bus.onSubscriptions(() => heard.push(bus.isHeard('TICK_5')));
    const ends = (['PROCESS_STATE', 'TICK_60', 'TICK'] as const).map((name) => bus.subscribe([name], () => undefined));
    for (const end of [...ends, ...ends].reverse()) end();
    assert.deepEqual(heard, [false, false, true, false, false, false]);
  });
});

describe('payloads of state changes', () => {
  const change: StateChange = { state: 'RUNNING', from: 'STARTING', pid: 7, tries: 2, expected: true };
  const rows: readonly [Partial<StateChange>, string][] = [
    [{}, 'processname:p groupname:g from_state:STARTING pid:7'],
    [{ state: 'STARTING', from: 'BACKOFF' }, 'processname:p groupname:g from_state:BACKOFF tries:2'],
    [{ state: 'BACKOFF' }, 'processname:p groupname:g from_state:STARTING tries:2'],
    [{ state: 'EXITED', from: 'RUNNING' }, 'processname:p groupname:g from_state:RUNNING expected:1 pid:7'],
    [
      { state: 'EXITED', from: 'RUNNING', expected: false },
      'processname:p groupname:g from_state:RUNNING expected:0 pid:7',
    ],
    [{ state: 'FATAL', from: 'BACKOFF' }, 'processname:p groupname:g from_state:BACKOFF'],
  ];
  for (const [patch, payload] of rows) {
    it(payload, () => assert.equal(renderStateChange('p', 'g', { ...change, ...patch }), payload));
  }
});
