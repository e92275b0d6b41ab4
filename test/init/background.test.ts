import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { continueInBackground, enterBackground } from '../../src/init/background.ts';
import { FakeNative, systemError } from '../support/fake-native.ts';

const VARIABLE = 'INITVISOR_READY_FD';

function start(isUp: boolean) {
  const native = new FakeNative();
  const waited: number[] = [];
  const status = continueInBackground({
    native: { ...bind(native), dup2: () => undefined },
    env: { A: '1' },
    commandLine: ['/node', 'program', '-c', 'file'],
    readByte: () => isUp,
    waitFor: (pid) => {
      waited.push(pid);
      return 3;
    },
  });
  return { native, waited, status };
}

const bind = (native: FakeNative) => ({
  spawn: native.spawn.bind(native),
  pipe: native.pipe.bind(native),
  close: native.close.bind(native),
});

describe('going to the background', () => {
  it('starts the same command line in a session of its own, and ends with 0 when that is up', () => {
    const { native, status, waited } = start(true);
    const [request] = native.spawned;
    assert.equal(request?.isolate, 'session');
    assert.deepEqual(request?.argv, ['/node', 'program', '-c', 'file']);
    assert.ok(request?.env.includes('A=1') && request.env.includes(`${VARIABLE}=3`));
    assert.equal(status, 0);
    assert.deepEqual(waited, []);
  });

  it('ends with the status of one that failed', () => {
    const { status, waited } = start(false);
    assert.equal(status, 3);
    assert.deepEqual(waited, [1001]);
  });
});

describe('being in the background', () => {
  const calls = () => {
    const done: string[] = [];
    const native = {
      close: (fd: number) => void done.push(`close ${fd}`),
      dup2: (from: number, to: number) => void done.push(`dup2 ${from} ${to}`),
    };
    return { done, native, openNull: () => 9, writeByte: (fd: number) => void done.push(`byte ${fd}`) };
  };

  it('is told by a variable that programs do not see', () => {
    const { env, isThere } = enterBackground({ A: '1', [VARIABLE]: '3' }, calls());
    assert.equal(isThere, true);
    assert.deepEqual(env, { A: '1' });
    assert.equal(enterBackground({ A: '1' }, calls()).isThere, false);
  });

  it('lets go of the terminal before it says that it is up', () => {
    const host = calls();
    enterBackground({ [VARIABLE]: '3' }, host).detach();
    assert.deepEqual(host.done, ['dup2 9 0', 'dup2 9 1', 'dup2 9 2', 'close 9', 'byte 3', 'close 3']);
  });

  it('goes on when nobody waits any more', () => {
    const writeByte = () => {
      throw systemError('EPIPE', 'write');
    };
    const host = { ...calls(), writeByte };
    enterBackground({ [VARIABLE]: '3' }, host).detach();
    assert.equal(host.done.at(-1), 'close 3');
  });
});
