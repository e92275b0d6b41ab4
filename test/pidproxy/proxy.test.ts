import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { exitedWith } from '../../src/model/exit-status.ts';
import { PidProxy } from '../../src/pidproxy/proxy.ts';

const COMMAND = 70;
const DAEMON = { pid: 71, startTicks: 2000 };

/** A command that left a daemon, in memory; `zombies` end with the next look for statuses. */
function createWorld() {
  const world = {
    alive: true,
    hasPidfile: true,
    zombies: [] as [pid: number, code: number][],
    statuses: [] as number[],
    wakeAt: null as number | null,
  };
  const running = () => world.hasPidfile && world.alive;
  const proxy: PidProxy = new PidProxy(
    {
      pidfile: {
        path: 'x.pid',
        read: () =>
          running()
            ? { kind: 'running', process: DAEMON }
            : world.hasPidfile
              ? { kind: 'stale', pid: DAEMON.pid, why: 'gone' }
              : { kind: 'unreadable' },
      },
      ownStartTicks: 1000,
      monotonicMs: () => 0,
      kill: () => '',
      isAlive: () => world.alive,
      children: () => (world.alive ? [DAEMON.pid] : []),
      reap: () => {
        for (const [pid, code] of world.zombies.splice(0)) proxy.handleExit(pid, exitedWith(code));
      },
      watch: () => undefined,
      wakeAt: (deadline) => {
        world.wakeAt = deadline;
      },
      say: () => undefined,
      warn: () => undefined,
      exit: (status) => void world.statuses.push(status),
    },
    COMMAND,
  );
  return { world, proxy };
}

describe('the end of a daemon', () => {
  it('is told with its status when it ended together with the command', () => {
    const { world, proxy } = createWorld();
    world.alive = false;
    proxy.handleExit(COMMAND, exitedWith(0));
    proxy.handleExit(DAEMON.pid, exitedWith(5));
    proxy.settle();
    assert.deepEqual(world.statuses, [5]);
  });

  it('is told with its status when it is seen before its status has come', () => {
    const { world, proxy } = createWorld();
    proxy.handleExit(COMMAND, exitedWith(0));
    proxy.settle();
    world.hasPidfile = false;
    world.alive = false;
    world.zombies.push([DAEMON.pid, 3]);
    proxy.handleSignal('SIGTERM');
    assert.deepEqual(world.statuses, [3]);
  });

  it('is told with its status when it had no pidfile yet', () => {
    const { world, proxy } = createWorld();
    world.hasPidfile = false;
    proxy.handleExit(COMMAND, exitedWith(0));
    proxy.settle();
    assert.deepEqual([world.statuses, world.wakeAt], [[], 1000]);
    world.alive = false;
    world.zombies.push([DAEMON.pid, 4]);
    proxy.settle();
    assert.deepEqual(world.statuses, [4]);
  });
});
