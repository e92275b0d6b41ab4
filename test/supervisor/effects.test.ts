import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { FleetEffect } from '../../src/core/member.ts';
import { AutoLogs } from '../../src/logging/auto-logs.ts';
import { LogSinks } from '../../src/logging/log-sinks.ts';
import { createFiles } from '../../src/os/files.ts';
import { Effects, type EffectsOptions } from '../../src/supervisor/effects.ts';
import type { Prober } from '../../src/supervisor/readiness.ts';
import { loadText, requireConfig } from '../config/sources.ts';
import { FakeNative, quietOutput } from '../support/fake-native.ts';
import { NO_PROBES } from '../support/no-probes.ts';

function create(changes: { readonly prober?: Prober; readonly answer?: EffectsOptions['answer'] } = {}) {
  const native = new FakeNative();
  const files = createFiles();
  const lines: string[] = [];
  const ends: number[] = [];
  const effects = new Effects({
    context: {
      native: native.asNative(),
      files,
      sinks: new LogSinks(native.asNative()),
      autoLogs: new AutoLogs({
        files,
        directory: '/',
        identifier: 'i',
        randomBytes: (count) => new Uint8Array(count),
      }),
      log: (level, text) => void lines.push(`${level} ${text.split('\n')[0]}`),
      clock: { monotonicMs: () => 0, wallMs: () => 0 },
      createTimer: () => ({ set: () => undefined }),
      defer: () => undefined,
      inheritedEnvironment: { PATH: '/bin' },
      emit: () => undefined,
      subscribe: () => () => undefined,
      prober: changes.prober ?? NO_PROBES,
      readTrees: async () => new Map(),
      uid: 0,
      tapsOutput: () => false,
      ...quietOutput(),
      isOthers: () => false,
      onFinished: (_reason, status) => void ends.push(status),
    },
    serverUrl: null,
    feed: () => undefined,
    isRunning: () => false,
    answer: changes.answer ?? (() => undefined),
    onOverMemory: () => undefined,
    lastExitOf: () => null,
    identifier: () => 'i',
    onAnswer: () => undefined,
    nameOf: (id) => id,
    policyOf: () => undefined,
    onShutdownBegan: () => undefined,
  });
  return { effects, native, lines, ends };
}

const PROGRAM =
  '[program:p]\ncommand=/bin/true\nstdout_logfile=NONE\nstderr_logfile=NONE\nready_check=exec:/bin/true\n';

describe('what a program has said', () => {
  it('is taken from its pipes before anything follows from its readiness', () => {
    let takenByThen: readonly number[] = [];
    const prober: Prober = {
      ...NO_PROBES,
      ask: (_probe, _how, onResult) => {
        onResult({ ok: true, detail: '' });
        return () => undefined;
      },
    };
    const { effects, native } = create({ prober, answer: () => (takenByThen = [...native.taken]) });
    const [group] = requireConfig(loadText(PROGRAM)).groups;
    const [process] = group?.processes ?? [];
    assert.ok(group !== undefined && process !== undefined);
    effects.inventory.add(group, process);
    effects.run([{ kind: 'process', id: 'p:p', effect: { kind: 'spawn', task: 'program' } }]);
    effects.run([{ kind: 'ask', id: 'p:p', check: 'ready' }]);
    assert.equal(native.streams.length, 2);
    assert.deepEqual(takenByThen, native.streams);
  });
});

describe('an effect that goes wrong', () => {
  it('is said, and the ones after it are run all the same', () => {
    const { effects, native, lines, ends } = create();
    const orders: FleetEffect[] = [
      // Nothing may ever signal pid 0, the group of whoever asks: that throws.
      { kind: 'process', id: 'p:p', effect: { kind: 'kill', pid: 0, signal: 15, group: false } },
      { kind: 'log', level: 'info', text: 'after' },
      { kind: 'finished', reason: { kind: 'requested', by: 'SIGTERM' } },
    ];
    effects.run(orders);
    assert.match(lines[0] ?? '', /^critical internal error: RangeError: .*0 is no pid of a program/);
    assert.deepEqual(lines.slice(1), ['info after']);
    assert.deepEqual(ends, [0]);
    assert.equal(native.held, 0, 'the pump is woken again');
  });
});
