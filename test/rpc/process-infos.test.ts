import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { AnswerEncoder } from '../../src/rpc/answer-encoder.ts';
import type { InfoSource } from '../../src/rpc/process-info.ts';
import { ProcessInfos } from '../../src/rpc/process-infos.ts';
import { encodeResponse } from '../../src/xmlrpc/encode.ts';

const VIEW: InfoSource = {
  name: 'a',
  group: 'g',
  state: 'RUNNING',
  pid: 7,
  spawnError: '',
  exitStatus: 0,
  startedAtMs: 1000,
  stoppedAtMs: 0,
  nextRunMs: null,
  waits: [],
  logs: { stdout: '/log', stderr: null },
};

/** One change of each field. */
const CHANGES: Readonly<{ [Field in keyof InfoSource]: InfoSource[Field] }> = {
  name: 'b',
  group: 'h',
  state: 'STOPPING',
  pid: 8,
  spawnError: 'no',
  exitStatus: 1,
  startedAtMs: 2000,
  stoppedAtMs: 3000,
  nextRunMs: 4000,
  waits: ['db:ready'],
  logs: { stdout: '/log', stderr: '/err' },
};

const NOW_MS = 90_000;
const OTHER: InfoSource = { ...VIEW, name: 'other' };
const createInfos = () => new ProcessInfos({ renderShortTime: (ms) => `at ${ms}` });

describe('how all processes are', () => {
  it('is one list while nothing changes within a second', () => {
    const infos = createInfos();
    const first = infos.of([VIEW, OTHER], NOW_MS);
    assert.equal(infos.of([{ ...VIEW, waits: [] }, OTHER], NOW_MS + 999), first);
    const later = infos.of([VIEW, OTHER], NOW_MS + 1000);
    assert.notEqual(later, first);
    assert.equal(later[0]?.now, 91);
    assert.equal(first[0]?.now, 90);
  });

  for (const [field, value] of Object.entries(CHANGES)) {
    it(`is another one after a change of ${field}`, () => {
      const infos = createInfos();
      const changed: InfoSource = { ...VIEW, [field]: value };
      infos.of([OTHER, VIEW], NOW_MS);
      const after = infos.of([OTHER, changed], NOW_MS);
      assert.deepEqual(after, createInfos().of([OTHER, changed], NOW_MS));
    });
  }

  it('is another one when a process comes or goes', () => {
    const infos = createInfos();
    assert.equal(infos.of([VIEW], NOW_MS).length, 1);
    assert.equal(infos.of([VIEW, OTHER], NOW_MS).length, 2);
    assert.equal(infos.of([OTHER], NOW_MS)[0]?.name, 'other');
    assert.deepEqual(infos.of([], NOW_MS), []);
  });
});

describe('an answer in bytes', () => {
  it('is encoded once for one list, and anew for its equal', () => {
    const encoder = new AnswerEncoder();
    const list = [{ name: 'a' }];
    const bytes = encoder.encode(list);
    assert.equal(encoder.encode(list), bytes);
    assert.notEqual(encoder.encode([...list]), bytes);
    assert.equal(String(encoder.encode([{ name: 'b' }])), encodeResponse([{ name: 'b' }]));
    assert.equal(String(encoder.encode(list)), encodeResponse(list));
  });

  it('is not kept when it is very long', () => {
    const encoder = new AnswerEncoder();
    const list = ['x'.repeat(3 * 1024 * 1024)];
    assert.notEqual(encoder.encode(list), encoder.encode(list));
  });
});
