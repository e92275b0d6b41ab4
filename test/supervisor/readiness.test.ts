import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { ProcessConfig } from '../../src/config/config.ts';
import type { ProbeResult } from '../../src/probes/probe-result.ts';
import type { Channel } from '../../src/supervisor/output-stream.ts';
import { type Prober, Readiness } from '../../src/supervisor/readiness.ts';
import { fakeConfig } from '../support/fake-facade.ts';

function bench(changes: Partial<ProcessConfig>) {
  const told: string[] = [];
  const did: string[] = [];
  let onResult = (_result: ProbeResult): void => undefined;
  let onReady = (): void => undefined;
  const listeners = new Map<Channel, (data: Buffer) => void>();
  const prober: Prober = {
    ask(probe, { timeoutMs }, then) {
      did.push(`ask ${probe.kind} within ${timeoutMs}`);
      onResult = then;
      return () => did.push('cancel');
    },
    listen(probe, _how, then) {
      onReady = then;
      return {
        extras: { environment: { NOTIFY_SOCKET: '@x' }, fds: new Map(probe.kind === 'fd' ? [[probe.fd, 30]] : []) },
        begin: (pid) => did.push(`begin ${pid}`),
        close: () => did.push('close'),
      };
    },
    matchLines: (pattern) => (_channel, data) => data.toString().includes(pattern),
  };
  const readiness = new Readiness({
    prober,
    log: () => undefined,
    configOf: (id) => (id === 'x' ? fakeConfig('x', 'x', changes) : undefined),
    subscribe(_id, channel, listener) {
      listeners.set(channel, listener);
      return () => listeners.delete(channel);
    },
    answer: (_id, input) => told.push(input.kind === 'told' ? 'told' : `${input.check} ${input.ok} ${input.detail}`),
  });
  return { readiness, told, did, listeners, result: (result: ProbeResult) => onResult(result), ready: () => onReady() };
}

describe('readiness', () => {
  it('asks as the configuration says, and hands the answer on', () => {
    const { readiness, told, did, result } = bench({
      health_check: { kind: 'tcp', host: 'h', port: 1 },
      health_timeout: 2,
    });
    readiness.ask('x', 'health');
    result({ ok: false, detail: 'refused' });
    assert.deepEqual([did, told], [['ask tcp within 2000'], ['health false refused']]);
    readiness.hush('x');
    assert.deepEqual(did, ['ask tcp within 2000']);
  });

  it('cancels what is being asked when the program ends', () => {
    const { readiness, did } = bench({ ready_check: { kind: 'exec', command: 'true' } });
    readiness.ask('x', 'ready');
    readiness.ended('x');
    assert.deepEqual(did, ['ask exec within 3000', 'cancel']);
  });

  it('takes for well what can not be asked any more', async () => {
    const { readiness, told } = bench({});
    readiness.ask('x', 'ready');
    await Promise.resolve();
    assert.deepEqual(told, ['ready true ']);
  });

  it('gives a program what it needs to tell, for as long as it runs', () => {
    const { readiness, told, did, ready } = bench({ ready_check: { kind: 'fd', fd: 5 } });
    assert.deepEqual(readiness.prepare('x'), { environment: { NOTIFY_SOCKET: '@x' }, fds: new Map([[5, 30]]) });
    readiness.started('x', 7);
    ready();
    assert.deepEqual([did, told], [['begin 7'], ['told']]);
    readiness.ended('x');
    assert.deepEqual(did, ['begin 7', 'close']);
  });

  it('lets go of everything when the start has failed', () => {
    const { readiness, did } = bench({ ready_check: { kind: 'notify' } });
    readiness.prepare('x');
    readiness.started('x', null);
    assert.deepEqual(did, ['close']);
  });

  it('reads along until a line matches, on both channels', () => {
    const { readiness, told, listeners } = bench({ ready_check: { kind: 'log', pattern: 'up' } });
    readiness.prepare('x');
    assert.deepEqual([...listeners.keys()], ['stdout', 'stderr']);
    listeners.get('stdout')?.(Buffer.from('starting\n'));
    listeners.get('stderr')?.(Buffer.from('up\n'));
    assert.deepEqual([told, listeners.size], [['told'], 0]);
  });
});
