import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { INITVISOR, OWN_FILES, startDaemon, type TestDaemon } from '../support/daemon.ts';

const sleeper = (name: string, ...options: readonly string[]): string =>
  [`[program:${name}]`, 'command=sleep 1000', 'startsecs=0', ...options, ''].join('\n');

/** Writes another configuration and has it read. */
function reload(daemon: TestDaemon, text: string): void {
  writeFileSync(join(daemon.dir, 'supervisord.conf'), text.replaceAll('%DIR%', daemon.dir));
  daemon.signal('SIGHUP');
}

const pidOf = (daemon: TestDaemon, name: string): string | undefined =>
  [...daemon.output().matchAll(new RegExp(`spawned: '${name}' with pid (\\d+)`, 'g'))].at(-1)?.[1];

const spawnsOf = (daemon: TestDaemon, name: string): number =>
  daemon.output().split(`spawned: '${name}' with pid`).length - 1;

describe('SIGHUP', () => {
  it('adds, removes and changes, and leaves the others alone', async (t) => {
    const before = OWN_FILES + sleeper('same') + sleeper('changed') + sleeper('gone') + sleeper('live');
    const daemon = startDaemon(t, { config: before });
    await daemon.waitForOutput(/success: live/);
    await daemon.waitForOutput(/success: same/);
    reload(
      daemon,
      OWN_FILES +
        sleeper('same') +
        sleeper('changed', 'umask=077') +
        sleeper('new') +
        sleeper('live', 'stopwaitsecs=3'),
    );
    await daemon.waitForOutput(/success: new/);
    await daemon.waitForOutput(/stopped: gone/);
    await daemon.waitForOutput(/stopped: changed[\s\S]*success: changed/);
    assert.deepEqual(
      ['same', 'live', 'changed', 'new', 'gone'].map((name) => spawnsOf(daemon, name)),
      [1, 1, 2, 1, 1],
    );
    process.kill(Number(pidOf(daemon, 'same')), 0);
    assert.equal(await daemon.stop(), 0);
  });

  it('applies what a running program can take over without a restart', async (t) => {
    const stubborn = `[program:s]\ncommand=sh -c 'trap "" TERM; echo up; while :; do sleep 1000; done'\nstartsecs=0\n`;
    const daemon = startDaemon(t, { config: `${OWN_FILES}${stubborn}stdout_logfile=/dev/stdout\nstopwaitsecs=600\n` });
    await daemon.waitForOutput(/^up$/m);
    reload(daemon, `${OWN_FILES}${stubborn}stdout_logfile=/dev/stdout\nstopwaitsecs=1\n`);
    await daemon.waitForOutput(/changed: s/);
    assert.equal(await daemon.stop(), 0);
    assert.equal(spawnsOf(daemon, 's'), 1);
  });

  it('of a broken file keeps everything and says every problem', async (t) => {
    const daemon = startDaemon(t, { config: OWN_FILES + sleeper('a') });
    await daemon.waitForOutput(/success: a/);
    reload(daemon, `${OWN_FILES}loglevel=nonsense\n${sleeper('a', 'stopwaitsecs=soon')}${sleeper('b', 'priority=x')}`);
    await daemon.waitForOutput(/cannot re-read the configuration: .*; everything stays as it is/);
    for (const line of [5, 9, 13]) assert.match(daemon.output(), new RegExp(`ERRO .*supervisord\\.conf:${line}:`));
    assert.equal(spawnsOf(daemon, 'a'), 1);
    reload(daemon, OWN_FILES + sleeper('b'));
    await daemon.waitForOutput(/success: b/);
    assert.equal(await daemon.stop(), 0);
  });

  it('finds a file that was named relatively, also after directory=', async (t) => {
    const config = `${OWN_FILES}directory=/\n${sleeper('a')}`;
    // The shell leaves out the absolute path that comes after.
    const command = ['sh', '-c', 'exec "$0" "$1" -c supervisord.conf', process.execPath, INITVISOR] as const;
    const daemon = startDaemon(t, { config, command });
    await daemon.waitForOutput(/success: a/);
    reload(daemon, `${config}${sleeper('b')}`);
    await daemon.waitForOutput(/success: b/);
    assert.equal(await daemon.stop(), 0);
  });

  it('brings a program back that is still on its way out, once it is gone', async (t) => {
    const slow = `sh -c 'trap "sleep 1; exit 0" TERM; while :; do sleep 0.05; done'`;
    const withSlow = `${OWN_FILES}[program:slow]\ncommand=${slow}\nstartsecs=0\n`;
    const daemon = startDaemon(t, { config: withSlow });
    await daemon.waitForOutput(/success: slow/);
    reload(daemon, OWN_FILES + sleeper('other'));
    await daemon.waitForOutput(/removed: slow/);
    reload(daemon, withSlow);
    await daemon.waitForOutput(/added: slow/);
    await daemon.waitForOutput(/stopped: slow[\s\S]*spawned: 'slow'/);
    assert.equal(spawnsOf(daemon, 'slow'), 2);
    assert.equal(await daemon.stop(), 0);
    assert.equal(daemon.output().split('stopped: slow').length - 1, 2);
  });

  it('while the daemon stops is ignored', async (t) => {
    const slow = `sh -c 'trap "sleep 1; exit 0" TERM; while :; do sleep 0.05; done'`;
    const daemon = startDaemon(t, { config: `${OWN_FILES}[program:slow]\ncommand=${slow}\nstartsecs=0\n` });
    await daemon.waitForOutput(/success: slow/);
    daemon.signal('SIGTERM');
    await daemon.waitForOutput(/waiting for slow to die/);
    reload(daemon, OWN_FILES + sleeper('new'));
    await daemon.waitForOutput(/ignored SIGHUP/);
    assert.equal(await daemon.exited, 0);
    assert.equal(spawnsOf(daemon, 'new'), 0);
  });
});
