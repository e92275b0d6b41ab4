import assert from 'node:assert/strict';
import { it } from 'node:test';
import { renderConnectionProblem } from '../../src/probes/connection-problem.ts';

const problem = (code: string, message = ''): Error => Object.assign(new Error(message), { code });

it('tells in plain words why there is no connection', () => {
  const rows: readonly (readonly [error: unknown, text: string])[] = [
    [problem('ECONNREFUSED', 'connect ECONNREFUSED 127.0.0.1:80'), 'connection refused (ECONNREFUSED)'],
    [problem('HPE_INVALID_VERSION', 'Parse Error'), 'not HTTP (HPE_INVALID_VERSION)'],
    [problem('EXOTIC', 'it went wrong'), 'it went wrong (EXOTIC)'],
    [problem('EXOTIC', 'connect EXOTIC 10.0.0.1:80'), 'connect EXOTIC 10.0.0.1:80'],
    [new Error('without a code'), 'without a code'],
    ['no error at all', 'no error at all'],
    [new AggregateError([problem('ENETUNREACH'), problem('ECONNREFUSED')]), 'connection refused (ECONNREFUSED)'],
    [new AggregateError([problem('ENETUNREACH'), problem('ETIMEDOUT')]), 'network unreachable (ENETUNREACH)'],
    [new AggregateError([], 'nothing was tried'), 'nothing was tried'],
  ];
  for (const [error, text] of rows) assert.equal(renderConnectionProblem(error), text);
});
