import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { AutoLogs } from '../../src/logging/auto-logs.ts';
import { systemError } from '../support/fake-native.ts';

function create(names: readonly string[], identifier = 'supervisor') {
  const created: string[] = [];
  const left = new Set(names);
  const files = {
    createExclusively: (path: string, mode: number) => void created.push(`${path} ${mode.toString(8)}`),
    list: () => [...left],
    remove: (path: string) => {
      if (path.includes('stuck')) throw systemError('EPERM', 'unlink');
      left.delete(path.slice('/logs/'.length));
    },
  };
  const logs = new AutoLogs({ files, directory: '/logs', identifier, randomBytes: (n) => new Uint8Array(n).fill(37) });
  return { logs, created, left };
}

describe('AUTO logs', () => {
  it('have eight characters that nobody can guess, and are their owner’s', () => {
    const { logs, created } = create([]);
    assert.equal(logs.create('web', 'stderr'), '/logs/web-stderr---supervisor-aaaaaaaa.log');
    assert.deepEqual(created, ['/logs/web-stderr---supervisor-aaaaaaaa.log 600']);
  });

  const rows = [
    { name: 'web-stdout---supervisor-abc_1234.log', goes: true },
    { name: 'web-stdout---supervisor-abc_1234.log.1', goes: true },
    { name: 'web-stdout---supervisor-abc_1234.log.12', goes: true },
    { name: 'web:1-stderr---supervisor-abc_1234.log', goes: true },
    { name: 'web-stdout---other-abc_1234.log', goes: false },
    { name: '---supervisor-abc_1234.log', goes: false },
    { name: 'web.log', goes: false },
    { name: 'web-stdout---supervisor-.txt', goes: false },
  ];
  for (const { name, goes } of rows) {
    it(`${goes ? 'clear' : 'leave'} ${name}`, () => {
      const { logs, left } = create([name]);
      assert.deepEqual(logs.clear(), []);
      assert.equal(left.has(name), !goes);
    });
  }

  it('take an identifier with odd characters as it is written', () => {
    const { logs, left } = create(
      ['a-stdout---x.y-abcd.log', 'a-stdout---xzy-abcd.log', 'a-stdout---(+-abcd.log'],
      'x.y',
    );
    logs.clear();
    assert.deepEqual([...left], ['a-stdout---xzy-abcd.log', 'a-stdout---(+-abcd.log']);
    assert.deepEqual(create(['a-stdout---(+-abcd.log'], '(+').logs.clear(), []);
  });

  it('say what they cannot remove, and go on', () => {
    const { logs, left } = create(['stuck-stdout---supervisor-abcd.log', 'web-stdout---supervisor-abcd.log']);
    assert.deepEqual(logs.clear(), ["Failed to clean up '/logs/stuck-stdout---supervisor-abcd.log'"]);
    assert.equal(left.size, 1);
  });

  it('say that there is no folder', () => {
    const list = () => {
      throw systemError('ENOENT', 'scandir');
    };
    const files = { createExclusively: () => undefined, remove: () => undefined, list };
    const logs = new AutoLogs({ files, directory: '/none', identifier: 'i', randomBytes: (n) => new Uint8Array(n) });
    assert.deepEqual(logs.clear(), ['Could not clear childlog dir']);
  });
});
