import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { ownDescriptor } from '../../src/logging/own-descriptor.ts';

const rows = [
  ['/dev/stdout', 1],
  ['/dev/stderr', 2],
  ['/dev/fd/1', 1],
  ['/dev/fd/2', 2],
  ['/proc/self/fd/1', 1],
  ['/proc/self/fd/2', 2],
  ['/proc/thread-self/fd/1', 1],
  ['/proc/1/fd/1', 1],
  ['/proc/1/fd/2', 2],
  ['/dev/stdin', null],
  ['/dev/fd/0', null],
  ['/dev/fd/10', null],
  ['/dev/stdout2', null],
  ['/proc/2/fd/1', null],
  ['/tmp/dev/stdout', null],
  ['/dev/null', null],
  ['', null],
] as const;

describe('the daemon’s own descriptor', () => {
  for (const [path, fd] of rows) {
    it(`${fd === null ? 'is not' : `${fd} is`} meant by "${path}"`, () => assert.equal(ownDescriptor(path), fd));
  }
});
