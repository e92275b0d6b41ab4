import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { LogSinks } from '../../src/logging/log-sinks.ts';
import { ChildOutput } from '../../src/supervisor/child-output.ts';
import type { OutputContext } from '../../src/supervisor/output-stream.ts';
import { fakeConfig } from '../support/fake-facade.ts';
import { FakeNative, quietOutput } from '../support/fake-native.ts';

const process = fakeConfig('p', 'p');

function create() {
  const native = new FakeNative();
  const told: string[] = [];
  let lives = 0;
  const quiet = quietOutput();
  const context: OutputContext = {
    ...{ native: native.asNative(), sinks: new LogSinks(native.asNative()), ...quiet },
    ...{ log: () => undefined, emit: () => undefined, tapsOutput: () => false },
  };
  const output = new ChildOutput(context, (channel) => {
    if (channel === 'stderr') return null;
    const life = ++lives;
    return { receive: (data) => told.push(`${life} ${data}`), end: () => told.push(`${life} end`) };
  });
  /** Begins the next life; returns the streams of stdout and stderr. */
  const begin = () => {
    output.forgetLastLife();
    const before = native.streams.length;
    for (const channel of ['stdout', 'stderr'] as const) {
      output.open({ channel, fd: native.pipe()[0], path: null, process });
    }
    return native.streams.slice(before);
  };
  const say = (stream: number | undefined, text: string) => quiet.routes.deliver(stream ?? 0, Buffer.from(text));
  const end = (stream: number | undefined) => quiet.routes.handleEnd(stream ?? 0);
  return { native, output, told, begin, say, end };
}

describe('the reader of a stdout', () => {
  it('hears all of a life and then its end, stdout alone', () => {
    const { output, told, begin, say, end } = create();
    const [stdout, stderr] = begin();
    say(stdout, 'a');
    say(stderr, 'x');
    output.close();
    say(stdout, 'b');
    end(stdout);
    assert.deepEqual(told, ['1 a', '1 b', '1 end']);
  });

  it('hears of the end once the process is gone, if that closed its stdout before', () => {
    const { output, told, begin, end } = create();
    const [stdout] = begin();
    end(stdout);
    assert.deepEqual(told, []);
    output.close();
    assert.deepEqual(told, ['1 end']);
  });

  it('hears the last words of a life after the next one has begun, and its memory is freed then', () => {
    const { native, output, told, begin, say, end } = create();
    const [first, firstError] = begin();
    output.close();
    const [second] = begin();
    assert.deepEqual(native.forgotten, [firstError]);
    say(second, 'b');
    say(first, 'a');
    end(first);
    assert.deepEqual(told, ['2 b', '1 a', '1 end']);
    assert.deepEqual(native.forgotten, [firstError, first]);
  });

  it('hears of the end at the latest when the process is forgotten', () => {
    const { native, output, told, begin } = create();
    const streams = begin();
    output.close();
    output.forget();
    assert.deepEqual(told, ['1 end']);
    assert.deepEqual(new Set(native.forgotten), new Set(streams));
  });
});
