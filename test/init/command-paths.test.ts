import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { commandPaths, failureStatus, renderFailure } from '../../src/init/command-paths.ts';

describe('the paths of a command', () => {
  const rows: readonly (readonly [string, string | undefined, readonly string[]])[] = [
    ['sh', '/bin:/usr/bin', ['/bin/sh', '/usr/bin/sh']],
    ['sh', undefined, ['/bin/sh', '/usr/bin/sh']],
    ['sh', '', ['sh']],
    ['sh', ':/bin:', ['sh', '/bin/sh', 'sh']],
    ['./sh', '/bin', ['./sh']],
    ['/x/sh', '/bin', ['/x/sh']],
    ['', '/bin', ['']],
  ];
  for (const [name, path, expected] of rows) {
    it(`are ${expected.join(', ')} for '${name}' with PATH=${path}`, () => {
      assert.deepEqual(commandPaths(name, path), expected);
    });
  }
});

describe('a command that cannot be run', () => {
  const rows: readonly (readonly [string, string, boolean, number, string])[] = [
    ['cmd', 'ENOENT', false, 127, 'cannot run cmd: not found in PATH (ENOENT)'],
    ['./cmd', 'ENOENT', false, 127, 'cannot run ./cmd: no such file (ENOENT)'],
    ['cmd', 'ENOENT', true, 127, 'cannot run cmd: the interpreter that it names is not there (ENOENT)'],
    ['cmd', 'EACCES', true, 126, 'cannot run cmd: no permission to execute it (EACCES)'],
    ['cmd', 'E2BIG', true, 1, 'cannot run cmd: its arguments and the environment are too long (E2BIG)'],
    ['cmd', 'ELOOP', true, 1, 'cannot run cmd: ELOOP'],
  ];
  for (const [name, errno, exists, status, message] of rows) {
    it(`ends with ${status}: ${message}`, () => {
      assert.equal(failureStatus(errno), status);
      assert.equal(renderFailure(name, errno, exists), message);
    });
  }
});
