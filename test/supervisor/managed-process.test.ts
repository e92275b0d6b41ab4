import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { ProcessConfig } from '../../src/config/config.ts';
import { LogSinks } from '../../src/logging/log-sinks.ts';
import { ManagedProcess, NO_EXTRAS } from '../../src/supervisor/managed-process.ts';
import { loadText, requireConfig } from '../config/sources.ts';
import { FakeNative, quietOutput, systemError } from '../support/fake-native.ts';

function processConfig(options: string): ProcessConfig {
  const [group] = requireConfig(loadText(`[program:p]\ncommand=/bin/true\n${options}`)).groups;
  const [process] = group?.processes ?? [];
  return process ?? assert.fail('no process');
}

function create(options = '', native = new FakeNative()) {
  const written: string[] = [];
  const context = {
    native: native.asNative(),
    files: {
      exists: () => true,
      write: () => undefined,
      writeToDescriptor: (_fd: number, text: string) => written.push(text),
    },
    sinks: new LogSinks(native.asNative()),
    log: () => undefined,
    inheritedEnvironment: { PATH: '/bin' },
    emit: () => undefined,
    serverUrl: null,
    uid: 0,
    tapsOutput: () => false,
    ...quietOutput(),
  };
  const process = new ManagedProcess(processConfig(options), { stdout: '/out.log', stderr: '/err.log' }, context);
  return { process, native, written };
}

describe('a process that cannot be started', () => {
  const rows = [
    { call: 'pipe', code: 'EMFILE', reason: /^too many open files to spawn 'p'$/ },
    { call: 'pipe', code: 'ENFILE', reason: /^unknown error making dispatchers for 'p': ENFILE$/ },
    { call: 'sinkOpenFile', code: 'EISDIR', reason: /^unknown error making dispatchers for 'p': EISDIR$/ },
    { call: 'streamOpen', code: 'ENOMEM', reason: /^unknown error making dispatchers for 'p': ENOMEM$/ },
    { call: 'spawn', code: 'EAGAIN', reason: /^Too many processes in process table to spawn 'p'$/ },
    { call: 'spawn', code: 'ENOMEM', reason: /^unknown error during fork for 'p': ENOMEM$/ },
    { call: 'userByUid', code: 'EMFILE', reason: /^unknown error during fork for 'p': EMFILE$/ },
  ] as const;
  for (const { call, code, reason } of rows) {
    it(`leaves nothing open and can be tried again after ${code} of ${call}`, () => {
      const { process, native } = create('user=app\n');
      native.fail(call, systemError(code, call));
      for (let attempt = 0; attempt < 3; attempt++) {
        const outcome = process.spawn();
        assert.ok(!outcome.ok);
        assert.match(outcome.reason, reason);
        assert.equal(outcome.exitCode, 1);
        assert.deepEqual([...native.open], []);
      }
      assert.ok(native.streams.length <= 2, 'memory of one life at most');
      native.fail(call, null);
      assert.ok(process.spawn().ok);
      assert.equal(native.open.size, 3, 'our ends of three pipes');
    });
  }

  it('says what a mistake of our own is', () => {
    const { process, native } = create();
    native.fail('spawn', new TypeError('argv holds a NUL'));
    const outcome = process.spawn();
    assert.ok(!outcome.ok);
    assert.match(outcome.reason, /internal error: argv holds a NUL/);
  });
});

describe('a process over its lives', () => {
  it('keeps the output of the last one until the next, and frees it then', () => {
    const { process, native } = create();
    assert.ok(process.spawn().ok);
    const first = [...native.streams];
    process.closePipes();
    assert.deepEqual(native.drained, first);
    assert.deepEqual([...native.open], []);
    assert.match(process.newestOutput(100), /^output of \d+\noutput of \d+\n$/);
    assert.ok(process.spawn().ok);
    assert.deepEqual(native.forgotten, first);
    process.closePipes();
    process.forget();
    assert.deepEqual(native.streams, []);
  });

  it('takes the rest of what its command before it said when that ends, and of nothing else', () => {
    const { process, native } = create('pre_start=/bin/true\n');
    assert.ok(process.spawnHook('pre_start', {}).ok);
    const hook = [...native.streams];
    assert.ok(process.spawn().ok);
    process.catchUp('pre_start');
    assert.deepEqual(native.drained, hook);
  });

  it('opens one stream with redirect_stderr, and hands a socket on as stdin', () => {
    const { process, native } = create('redirect_stderr=true\n');
    assert.ok(process.spawn({ ...NO_EXTRAS, stdin: 77 }).ok);
    const fds = native.spawned[0]?.fds ?? [];
    assert.equal(fds[0], 77);
    assert.equal(fds[1], fds[2]);
    assert.equal(native.streams.length, 1);
    process.closePipes();
    assert.deepEqual([...native.open], []);
  });
});
