import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { LogSinks } from '../../src/logging/log-sinks.ts';
import { FakeNative, systemError } from '../support/fake-native.ts';

const options = (path: string) => ({ path, maxBytes: 0, backups: 0 });

function create() {
  const native = new FakeNative();
  return { native, sinks: new LogSinks(native.asNative()) };
}

describe('log sinks', () => {
  it('are one for each path, closed when the last user has gone', () => {
    const { native, sinks } = create();
    const [first, second, other] = [sinks.open(options('/a')), sinks.open(options('/a')), sinks.open(options('/b'))];
    assert.equal(first, second);
    assert.notEqual(first, other);
    assert.deepEqual(native.files, ['/a', '/b']);
    sinks.close(first);
    assert.deepEqual(native.closedSinks, []);
    sinks.close(second);
    assert.deepEqual(native.closedSinks, [first]);
    sinks.close(second);
    assert.deepEqual(native.closedSinks, [first], 'once');
    sinks.open(options('/a'));
    assert.deepEqual(native.files, ['/a', '/b', '/a']);
  });

  it('never open nor close the daemon’s own descriptors', () => {
    const { native, sinks } = create();
    assert.equal(sinks.open(options('/dev/stdout')), sinks.openDescriptor(1));
    sinks.close(sinks.open(options('/dev/stderr')));
    assert.deepEqual(native.files, []);
    assert.deepEqual(native.closedSinks, []);
  });

  it('have names for messages', () => {
    const { sinks } = create();
    assert.equal(sinks.nameOf(sinks.open(options('/a'))), '/a');
    assert.equal(sinks.nameOf(sinks.openDescriptor(1)), 'stdout');
    assert.equal(sinks.nameOf(sinks.openDescriptor(2)), 'stderr');
  });

  it('are opened anew all together, descriptors excepted', () => {
    const { native, sinks } = create();
    const opened = [sinks.open(options('/a')), sinks.open(options('/b'))];
    sinks.openDescriptor(1);
    sinks.reopenAll();
    assert.deepEqual(native.reopenedSinks, opened);
  });

  it('that could not be opened are forgotten', () => {
    const { native, sinks } = create();
    native.fail('sinkOpenFile', systemError('EACCES', 'open'));
    assert.throws(() => sinks.open(options('/a')), { code: 'EACCES' });
    native.fail('sinkOpenFile', null);
    assert.equal(sinks.nameOf(sinks.open(options('/a'))), '/a');
  });
});
