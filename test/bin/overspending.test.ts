import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { findingsIn } from '../config/container-lint/findings.ts';

const program = (name: string, options: string) => `[program:${name}]\ncommand=a\n${options}\n`;

describe('without a shutdown_timeout', () => {
  it('half a minute is what every engine waits', () => {
    assert.deepEqual(findingsIn(program('x', 'stopwaitsecs=30')), []);
  });

  it('more is told at whoever takes longest, with what would be enough', () => {
    assert.deepEqual(findingsIn(program('w', 'stopwaitsecs=5') + program('x', 'stopwaitsecs=31')), [
      '6: warning: [program:x] stopwaitsecs: stopping everything may take 31 seconds, and docker stop waits 10, Kubernetes 30; give the container 32 and write shutdown_timeout=32 in [supervisord], or shutdown_timeout=9 to cut it short',
    ]);
  });

  it('steps add up, and the drain too', () => {
    const text = `[supervisord]\ndrain_delay=15\n${program('x', 'priority=1')}${program('y', 'priority=2')}`;
    assert.match(findingsIn(text)[0] ?? '', /^3: .* may take 35 seconds in 2 steps, .* write shutdown_timeout=36 /);
  });

  it('a list of signals is told at the list', () => {
    assert.match(
      findingsIn(program('x', 'stopsignal=TERM:40 INT:5'))[0] ?? '',
      /^3: warning: \[program:x\] stopsignal: /,
    );
  });
});

describe('with a shutdown_timeout', () => {
  const timeout = (seconds: number) => `[supervisord]\nshutdown_timeout=${seconds}\n`;

  it('times that nobody has asked for are cut in silence', () => {
    assert.deepEqual(findingsIn(timeout(8) + program('x', '') + program('y', 'depends_on=x')), []);
  });

  it('a time that somebody has asked for is missed', () => {
    assert.deepEqual(findingsIn(timeout(8) + program('x', 'stopwaitsecs=9')), [
      '2: warning: [supervisord] shutdown_timeout: gives [program:x] 7.2 of the 9 seconds that it may take to stop, when all others take their time too; write shutdown_timeout=10, or less time to stop (check --plan shows all)',
    ]);
  });

  it('the one that loses most is named', () => {
    const text = timeout(21) + program('x', 'stopwaitsecs=30\ndepends_on=y') + program('y', 'stopwaitsecs=10');
    assert.match(findingsIn(text).join('\n'), /gives \[program:x\] 15 of the 30 seconds .* shutdown_timeout=41,/);
  });

  it('what it asks for is enough', () => {
    const text = (seconds: number) =>
      `[supervisord]\nshutdown_timeout=${seconds}\ndrain_delay=20\n${program('x', 'stopwaitsecs=45')}`;
    const [told = ''] = findingsIn(text(41));
    const enough = Number(/write shutdown_timeout=(\d+)/.exec(told)?.[1]);
    assert.equal(enough, 66);
    assert.deepEqual(findingsIn(text(enough)), []);
    assert.equal(findingsIn(text(enough - 1)).length, 1);
  });
});
