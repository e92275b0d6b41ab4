import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { FleetEffect } from '../../src/core/member.ts';
import { AutoLogs } from '../../src/logging/auto-logs.ts';
import { LogSinks } from '../../src/logging/log-sinks.ts';
import { createFiles } from '../../src/os/files.ts';
import { Effects } from '../../src/supervisor/effects.ts';
import { FakeNative, quietOutput } from '../support/fake-native.ts';
import { NO_PROBES } from '../support/no-probes.ts';

describe('an effect that goes wrong', () => {
  it('is said, and the ones after it are run all the same', () => {
    const native = new FakeNative();
    const files = createFiles();
    const lines: string[] = [];
    let ended: number | null = null;
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
        inheritedEnvironment: {},
        emit: () => undefined,
        subscribe: () => () => undefined,
        prober: NO_PROBES,
        readTrees: async () => new Map(),
        uid: 0,
        tapsOutput: () => false,
        ...quietOutput(),
        isOthers: () => false,
        onFinished: (_reason, status) => {
          ended = status;
        },
      },
      serverUrl: null,
      feed: () => undefined,
      isRunning: () => false,
      answer: () => undefined,
      onOverMemory: () => undefined,
      lastExitOf: () => null,
      identifier: () => 'i',
      onAnswer: () => undefined,
      nameOf: (id) => id,
      policyOf: () => undefined,
      onShutdownBegan: () => undefined,
    });
    const orders: FleetEffect[] = [
      // Nothing may ever signal pid 0, the group of whoever asks: that throws.
      { kind: 'process', id: 'p:p', effect: { kind: 'kill', pid: 0, signal: 15, group: false } },
      { kind: 'log', level: 'info', text: 'after' },
      { kind: 'finished', reason: { kind: 'requested', by: 'SIGTERM' } },
    ];
    effects.run(orders);
    assert.match(lines[0] ?? '', /^critical internal error: RangeError: .*0 is no pid of a program/);
    assert.deepEqual(lines.slice(1), ['info after']);
    assert.equal(ended, 0);
  });
});
