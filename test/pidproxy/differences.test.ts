import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { waitFor } from '../support/wait-for.ts';
import { startProxy } from './run-proxy.ts';

const STATUSES: readonly [args: readonly string[], status: number, why: string][] = [
  [['sh', '-c', 'exit 7'], 7, "the command's code"],
  [['true'], 0, 'a command on PATH'],
  [['sh', '-c', 'kill -9 $$'], 137, 'a signal that killed it'],
  [['./nowhere'], 127, 'no such command'],
  [['/etc/passwd'], 126, 'no program'],
  [['sh', '-c', '(sleep 0.1; echo $BASHPID > x.pid; exit 5) & exit 0'], 5, 'a daemon that failed early on'],
];

/** Writes its pidfile late, removes it on TERM, and takes its time from then on until a second one. */
const DAEMON = `(sleep 0.2; exec setsid bash -c '
  trap "if [ -e x.pid ]; then rm x.pid; echo > down; else exit 3; fi" TERM
  echo $$ > x.pid; while :; do sleep 1000 & wait $!; kill $!; done') & exit 0`;

describe('unlike upstream, pidproxy', () => {
  for (const [args, status, why] of STATUSES) {
    it(`exits ${status} for ${why}`, { timeout: 20_000 }, async (t) => {
      const proxy = startProxy(t, { args: ['x.pid', ...args] });
      assert.equal(await proxy.ended, status, proxy.stderr());
    });
  }

  it('waits for a daemon that left its parent, and hands on a second TERM', { timeout: 20_000 }, async (t) => {
    const proxy = startProxy(t, { args: ['x.pid', 'bash', '-c', DAEMON] });
    await proxy.fileText('x.pid');
    proxy.signal('SIGTERM');
    await proxy.fileText('down');
    assert.equal(proxy.child.exitCode, null);
    proxy.signal('SIGTERM');
    assert.equal(await proxy.ended, 3);
    assert.match(proxy.stdout(), /^Can't read child pidfile x\.pid!$/m);
  });

  for (const [what, pidfile] of [
    ['no pidfile', ''],
    ['a stale one', 'echo 4194305 > x.pid;'],
  ]) {
    it(`hands TERM to the command while there is ${what}`, { timeout: 20_000 }, async (t) => {
      const proxy = startProxy(t, { args: ['x.pid', 'bash', '-c', `${pidfile} echo > up; exec sleep 1000`] });
      await proxy.fileText('up');
      proxy.signal('SIGTERM');
      assert.equal(await proxy.ended, 0);
      assert.deepEqual(proxy.left(), []);
    });
  }

  it('asks a command to end that goes on after its daemon was stopped', { timeout: 20_000 }, async (t) => {
    const script = 'bash -c "echo \\$\\$ > x.pid; exec sleep 1000"; echo > gone; exec sleep 1000';
    const proxy = startProxy(t, { args: ['x.pid', 'bash', '-c', script] });
    await proxy.fileText('x.pid');
    proxy.signal('SIGTERM');
    await waitFor(() => proxy.fileText('gone'), 'the daemon to end');
    assert.equal(await proxy.ended, 0);
    assert.deepEqual(proxy.left(), []);
  });
});
