import assert from 'node:assert/strict';
import { existsSync, readFileSync, readlinkSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { OWN_FILES, startDaemon, type TestDaemon } from '../support/daemon.ts';
import { missing } from '../support/requirements.ts';
import { waitFor } from '../support/wait-for.ts';

const CONFIG = `${OWN_FILES}nodaemon=false\n[program:a]\ncommand=sleep 1000\nstartsecs=0\n`;

function pidFrom({ dir }: TestDaemon): number | null {
  const path = join(dir, 'pid');
  return existsSync(path) ? Number(readFileSync(path, 'utf8')) || null : null;
}

describe('nodaemon=false', () => {
  it('leaves a daemon in a session of its own, with nothing on its standard descriptors', async (t) => {
    const daemon = startDaemon(t, { config: CONFIG });
    assert.equal(await daemon.exited, 0, daemon.output());
    const pid = await waitFor(() => pidFrom(daemon), 'the pidfile');
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? [];
    assert.deepEqual([stat[2], stat[3]], [String(pid), String(pid)], 'process group and session');
    for (const fd of [0, 1, 2]) assert.equal(readlinkSync(`/proc/${pid}/fd/${fd}`), '/dev/null');
    const log = () => readFileSync(join(daemon.dir, 'main.log'), 'utf8');
    await waitFor(() => /success: a/.test(log()), 'the program', undefined, log);
    process.kill(pid, 'SIGTERM');
    await waitFor(() => !existsSync(`/proc/${pid}`), 'the end', undefined, log);
    assert.match(log(), /stopped: a/);
    assert.equal(pidFrom(daemon), null, 'the pidfile goes');
  });

  it('tells a configuration error on stderr and ends with 2', async (t) => {
    const daemon = startDaemon(t, { config: `${CONFIG}priority=x\n` });
    assert.equal(await daemon.exited, 2);
    assert.match(daemon.output(), /supervisord\.conf:9: error/);
    assert.equal(pidFrom(daemon), null);
  });

  it('keeps PID 1 in the foreground', { skip: missing('root', 'pid namespaces') }, async (t) => {
    const daemon = startDaemon(t, { config: CONFIG, asPid1: true });
    await daemon.waitForOutput(/success: a/);
    assert.equal(await daemon.stop(), 0);
  });
});
