import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { setTimeout as pass } from 'node:timers/promises';
import { OWN_FILES, startDaemon } from '../support/daemon.ts';
import { waitFor } from '../support/wait-for.ts';
import { sleepsOf, ticksOf } from '../support/wake-ups.ts';

const CONFIG = `${OWN_FILES}[program:p]
command=sleep 1000
numprocs=10
process_name=p%(process_num)d
[unix_http_server]
file=%DIR%/sock
[rpcinterface:supervisor]
supervisor.rpcinterface_factory=supervisor.rpcinterface:make_main_rpcinterface
`;
const WATCHED_MS = 4000;
/** The engine's own threads clean up once or twice after a start. */
const ALLOWED_SWITCHES = 6;

describe('an idle daemon', () => {
  it('sleeps: no thread wakes up and no processor time goes by', async (t) => {
    const daemon = startDaemon(t, { config: CONFIG });
    await waitFor(() => daemon.output().split('success: p').length > 10, 'ten programs', undefined, daemon.output);
    const pid = daemon.pid();
    // What follows the start, collection of garbage above all, is over when a second brings nothing.
    await waitFor(async () => {
      const before = sleepsOf(pid);
      await pass(1000);
      return sleepsOf(pid) === before;
    }, 'the first quiet second');
    const before = { sleeps: sleepsOf(pid), ticks: ticksOf(pid) };
    await pass(WATCHED_MS);
    assert.ok(sleepsOf(pid) - before.sleeps <= ALLOWED_SWITCHES, `woke up ${sleepsOf(pid) - before.sleeps} times`);
    assert.ok(ticksOf(pid) - before.ticks <= 1, `used ${ticksOf(pid) - before.ticks} ticks`);
    assert.equal(await daemon.stop(), 0);
  });
});
