import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { ChildStdin } from '../../src/supervisor/child-stdin.ts';
import { FakeNative, systemError } from '../support/fake-native.ts';

function create() {
  const native = new FakeNative();
  const [, fd] = native.pipe();
  const written: string[] = [];
  let failure: Error | null = null;
  const files = {
    writeToDescriptor(_fd: number, data: string | Buffer): number {
      if (failure !== null) throw failure;
      written.push(data.toString());
      return data.length;
    },
  };
  const stdin = new ChildStdin(fd, { native: native.asNative(), files });
  const fail = (code: string | null) => {
    failure = code === null ? null : systemError(code, 'write');
  };
  return { stdin, fd, native, written, fail, queued: () => native.lines.map(([, text]) => text) };
}

describe("a program's stdin", () => {
  it('gets what the pipe has room for at once', () => {
    const { stdin, written, queued } = create();
    assert.equal(stdin.write('a\n'), 'sent');
    assert.deepEqual([written, queued()], [['a\n'], []]);
  });

  it('has the rest queued, on a descriptor of its own, and everything after it', () => {
    const { stdin, fd, native, written, fail, queued } = create();
    fail('EAGAIN');
    assert.equal(stdin.write('a'), 'sent');
    fail(null);
    assert.equal(stdin.write('b'), 'sent');
    assert.deepEqual([written, queued()], [[], ['a', 'b']]);
    assert.deepEqual(native.files, [`/proc/self/fd/${fd}`]);
    stdin.close();
    assert.equal(native.closedSinks.length, 1);
    assert.ok(!native.open.has(fd));
  });

  it('uses the number itself where there is no /proc', () => {
    const { stdin, fd, native, fail } = create();
    native.fail('sinkOpenFile', systemError('ENOENT', 'open'));
    fail('EAGAIN');
    assert.equal(stdin.write('a'), 'sent');
    assert.deepEqual(native.lines, [[-fd, 'a']]);
  });

  for (const code of ['EPIPE', 'EBADF']) {
    it(`is closed after ${code}, for a long text as well`, () => {
      const { stdin, fail, queued } = create();
      fail(code);
      assert.equal(stdin.write('a'), 'closed');
      assert.equal(stdin.write('a'.repeat(10_000)), 'closed');
      assert.deepEqual(queued(), []);
    });
  }

  it('gets a long text in two parts that meet between characters', () => {
    for (const shift of ['', 'a', 'ab', 'abc']) {
      const text = shift + '😀'.repeat(2000);
      const { stdin, written, queued } = create();
      assert.equal(stdin.write(text), 'sent');
      const parts = [...written, ...queued()];
      assert.equal(parts.join(''), text);
      assert.equal(parts.length, 2);
      assert.ok(Buffer.byteLength(parts[0] ?? '') <= 4096);
    }
  });
});
