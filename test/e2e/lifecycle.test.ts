import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { startDaemon, type TestDaemon } from '../support/daemon.ts';

const HEAD = `[supervisord]
logfile=/dev/null
pidfile=%DIR%/pid
`;

/** The first of these texts that stand in the output, in the order in which they do. */
function order(daemon: TestDaemon, ...texts: readonly string[]): string[] {
  const output = daemon.output();
  const found = texts.filter((text) => output.includes(text));
  return found.sort((a, b) => output.indexOf(a) - output.indexOf(b));
}

describe('dependencies', () => {
  it('start programs one after the other, with what each of them needs, and stop them the other way round', async (t) => {
    const daemon = startDaemon(t, {
      config: `${HEAD}
[program:web]
command=/bin/sh -c 'test -e %DIR%/migrated && exec sleep 1000'
depends_on=db, migrate
priority=1

[program:migrate]
command=/bin/sh -c 'touch %DIR%/migrated'
oneshot=true
depends_on=db:started

[program:db]
command=sleep 1000
autostart=false
`,
    });
    await daemon.waitForOutput(/success: web entered RUNNING/);
    const steps = [
      "spawned: 'db'",
      "spawned: 'migrate'",
      'exited: migrate (exit status 0; expected)',
      "spawned: 'web'",
    ];
    assert.deepEqual(order(daemon, ...steps), steps);
    await daemon.waitForOutput(/'web' waits for db:running, migrate:completed/);
    assert.equal(await daemon.stop(), 0);
    assert.deepEqual(order(daemon, 'stopped: db', 'stopped: web'), ['stopped: web', 'stopped: db']);
  });

  it('end the container with the status of a one-shot that fails for good', async (t) => {
    const daemon = startDaemon(t, {
      config: `${HEAD}exit_on_fatal=true
[program:web]
command=sleep 1000
depends_on=migrate
[program:migrate]
command=/bin/sh -c 'exit 7'
oneshot=true
startretries=1
`,
    });
    assert.equal(await daemon.exited, 7);
    assert.doesNotMatch(daemon.output(), /spawned: 'web'/);
    assert.equal(daemon.output().match(/exited: migrate \(exit status 7; not expected\)/g)?.length, 2);
  });

  it('restart a program with another one', async (t) => {
    const daemon = startDaemon(t, {
      config: `${HEAD}
[program:db]
command=/bin/sh -c 'echo "db is $$"; exec sleep 1000'
stdout_logfile=/dev/stdout
[program:web]
command=sleep 1000
depends_on=db
restart_with=db
`,
    });
    const [, pid = ''] = await daemon.waitForOutput(/db is (\d+)/);
    await daemon.waitForOutput(/success: web entered RUNNING/);
    process.kill(Number(pid), 'SIGKILL');
    await daemon.waitForOutput(/restarting 'web': db was restarted \(restart_with\)(.*\n)*.*spawned: 'web'/);
    assert.equal(await daemon.stop(), 0);
  });

  it('that lead in a circle, or nowhere, are told with their place, and nothing starts', async (t) => {
    const daemon = startDaemon(t, {
      config: `${HEAD}
[program:a]
command=sleep 1000
depends_on=b:redy
[program:b]
command=sleep 1000
depends_on=c
[program:c]
command=sleep 1000
depends_on=b
`,
    });
    assert.equal(await daemon.exited, 2);
    assert.match(
      daemon.output(),
      /:7: error: \[program:a\] depends_on: b has no process redy, .*; did you mean 'b:ready'\?/,
    );
    assert.match(daemon.output(), /:10: error: \[program:b\] depends_on: b depends on itself: b -> c -> b/);
  });
});

describe('commands around a program', () => {
  it('run before each start and after each end, and are told how it ended', async (t) => {
    const daemon = startDaemon(t, {
      config: `${HEAD}
[program:x]
command=/bin/sh -c 'echo "x says $GREETING"; test -e %DIR%/again && exec sleep 1000; touch %DIR%/again; kill -9 $$'
environment=GREETING="hello"
autorestart=true
startretries=5
pre_start=/bin/sh -c 'echo "before: $GREETING"'
post_stop=/bin/sh -c 'echo "after: code=$INITVISOR_EXIT_CODE signal=$INITVISOR_EXIT_SIGNAL $GREETING"'
stdout_logfile=/dev/stdout
`,
    });
    await daemon.waitForOutput(/success: x entered RUNNING/);
    assert.equal(await daemon.stop(), 0);
    const said = daemon.lines().filter((line) => /^(before|x says|after)/.test(line));
    assert.deepEqual(said, [
      'before: hello',
      'x says hello',
      'after: code= signal=KILL hello',
      'before: hello',
      'x says hello',
      'after: code= signal=TERM hello',
    ]);
  });

  it('keep a program from starting when they fail, and the container from going on', async (t) => {
    const daemon = startDaemon(t, {
      config: `${HEAD}
[program:x]
command=sleep 1000
pre_start=/bin/sh -c 'exit 3'
startretries=0
exit_on_fatal=true
`,
    });
    assert.equal(await daemon.exited, 3);
    assert.match(daemon.output(), /pre_start of 'x' failed \(exit status 3\)/);
    assert.doesNotMatch(daemon.output(), /spawned: 'x'/);
  });
});

describe('a schedule', () => {
  it('starts a program at its times, which may be short', async (t) => {
    const daemon = startDaemon(t, {
      config: `${HEAD}
[program:job]
command=/bin/sh -c 'echo "job at work"'
schedule=* * * * * *
stdout_logfile=/dev/stdout
`,
    });
    await daemon.waitForOutput(/(job at work\n(.*\n)*){3}/);
    assert.equal(await daemon.stop(), 0);
    assert.doesNotMatch(daemon.output(), /not expected|BACKOFF|too quickly/);
  });
});

describe('the end', () => {
  it('comes by one stop signal after the other', async (t) => {
    const daemon = startDaemon(t, {
      config: `${HEAD}loglevel=debug
[program:x]
command=/bin/sh -c 'trap "" TERM; trap "exit 4" INT; echo up; while :; do sleep 0.05; done'
stopsignal=TERM:0.2 INT:20 KILL
stdout_logfile=/dev/stdout
`,
    });
    await daemon.waitForOutput(/^up$/m);
    assert.equal(await daemon.stop(), 0);
    const steps = ['with signal SIGTERM', 'with signal SIGINT', 'stopped: x (exit status 4)'];
    assert.deepEqual(order(daemon, ...steps), steps);
    assert.doesNotMatch(daemon.output(), /SIGKILL/);
  });

  it('leaves everything running while requests drain, and a second signal does not wait for that', async (t) => {
    const config = `${HEAD}drain_delay=600
[program:x]
command=sleep 1000
`;
    const daemon = startDaemon(t, { config });
    await daemon.waitForOutput(/success: x entered RUNNING/);
    daemon.signal('SIGTERM');
    await daemon.waitForOutput(/draining for 600 seconds \(drain_delay\)/);
    assert.doesNotMatch(daemon.output(), /waiting for x to die/);
    daemon.signal('SIGTERM');
    assert.equal(await daemon.exited, 0);
    assert.match(daemon.output(), /killing all programs at once\n(.*\n)*.*stopped: x/);
  });

  it('comes when a program ends more often than restart_limit allows, from RUNNING too', async (t) => {
    const daemon = startDaemon(t, {
      config: `${HEAD}
[program:x]
command=/bin/sh -c 'sleep 1.1; exit 6'
autorestart=true
restart_limit=1/600s
exit_on_fatal=true
`,
    });
    assert.equal(await daemon.exited, 6);
    assert.match(daemon.output(), /gave up: x entered FATAL state, more than 1 ends in 600 seconds \(restart_limit\)/);
  });
});
