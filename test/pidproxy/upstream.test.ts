import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { missing } from '../support/requirements.ts';
import { waitFor } from '../support/wait-for.ts';
import { OURS, PIDPROXY, startProxy, UPSTREAM } from './run-proxy.ts';

const PROGRAMS = { ours: OURS, upstream: UPSTREAM } as const;
type Who = keyof typeof PROGRAMS;
const BOTH: readonly Who[] = ['upstream', 'ours'];
const skipOf = (who: Who) => who === 'upstream' && missing('supervisor');

/** Writes its own pid, then each signal it gets to `seen`; TERM, INT and QUIT end it. */
const DAEMON = `
for name in HUP USR1 USR2; do trap "echo $name >> seen" $name; done
for name in TERM INT QUIT; do trap "echo $name >> seen; exit 0" $name; done
echo $$ > x.pid
while :; do sleep 1000 & wait $!; kill $!; done`;

const USAGE_WORDS: readonly (readonly string[])[] = [[], ['x.pid']];

describe('as upstream, pidproxy', () => {
  for (const who of BOTH) {
    for (const args of USAGE_WORDS) {
      it(`prints its usage and exits 1 with ${args.length} words (${who})`, { skip: skipOf(who) }, async (t) => {
        const proxy = startProxy(t, { program: PROGRAMS[who], args });
        assert.equal(await proxy.exited, 1);
        assert.equal(proxy.stderr(), '');
        const name = who === 'ours' ? PIDPROXY : UPSTREAM[0];
        assert.equal(
          proxy.stdout(),
          'pidproxy -- run command and proxy signals to it via its pidfile.\n\nThis executable runs a command and then ' +
            'monitors a pidfile.  When this\nexecutable receives a signal, it sends the same signal to the pid\nin the ' +
            `pidfile.\n\nUsage: ${name} <pidfile name> <command> [<cmdarg1> ...]\n\n`,
        );
      });
    }

    for (const [stop, other] of [
      ['SIGTERM', 'SIGHUP'],
      ['SIGINT', 'SIGUSR1'],
      ['SIGQUIT', 'SIGUSR2'],
    ] as const) {
      it(`hands on ${other} and stays, hands on ${stop} and exits 0 (${who})`, { skip: skipOf(who) }, async (t) => {
        const proxy = startProxy(t, { program: PROGRAMS[who], args: ['x.pid', '/bin/bash', '-c', DAEMON] });
        await proxy.fileText('x.pid');
        proxy.signal(other);
        assert.equal(await proxy.fileText('seen'), `${other.slice(3)}\n`);
        proxy.signal(stop);
        assert.equal(await proxy.ended, 0);
        // The real one has ended before its daemon.
        if (who === 'ours') assert.equal(await proxy.fileText('seen'), `${other.slice(3)}\n${stop.slice(3)}\n`);
      });
    }

    it(`reads the pidfile anew for each signal (${who})`, { skip: skipOf(who) }, async (t) => {
      const script = `trap 'echo first >> seen' HUP; echo $$ > x.pid
        bash -c 'trap "echo second >> seen" HUP; echo ready > ready; while :; do sleep 1000 & wait $!; kill $!; done' &
        echo $! > second; while :; do wait; done`;
      const proxy = startProxy(t, { program: PROGRAMS[who], args: ['x.pid', '/bin/bash', '-c', script] });
      const second = await proxy.fileText('second');
      await proxy.fileText('ready');
      proxy.signal('SIGHUP');
      assert.equal(await proxy.fileText('seen'), 'first\n');
      writeFileSync(join(proxy.dir, 'x.pid'), second);
      writeFileSync(join(proxy.dir, 'seen'), '');
      proxy.signal('SIGHUP');
      assert.equal(await proxy.fileText('seen'), 'second\n');
    });

    it(`says that a pidfile cannot be read, and stays on HUP (${who})`, { skip: skipOf(who) }, async (t) => {
      const args = ['no/x.pid', '/bin/sh', '-c', 'echo up > up; exec sleep 1000'];
      const proxy = startProxy(t, { program: PROGRAMS[who], args });
      await proxy.fileText('up');
      proxy.signal('SIGHUP');
      await waitFor(() => proxy.stdout() !== '', 'the message');
      assert.equal(proxy.stdout(), "Can't read child pidfile no/x.pid!\n");
      assert.equal(proxy.child.exitCode, null);
    });

    it(`finds a bare name here, and passes on the words as given (${who})`, { skip: skipOf(who) }, async (t) => {
      const prepare = (dir: string) => {
        mkdirSync(join(dir, 'folder'));
        const script = '#!/bin/bash\nprintf "%s|" "$0" "$@" > words; echo >> words\n';
        writeFileSync(join(dir, 'sleep'), script, { mode: 0o755 });
      };
      const proxy = startProxy(t, { program: PROGRAMS[who], args: ['x.pid', 'sleep', 'a b', '', "'"], prepare });
      assert.equal(await proxy.fileText('words'), `${proxy.dir}/sleep|a b||'|\n`);
    });
  }
});
