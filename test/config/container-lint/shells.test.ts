import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { describe, it } from 'node:test';
import { waitFor } from '../../support/wait-for.ts';
import { saidOf } from './findings.ts';

const HARM = 'stays in front of the program: signals and the exit status are its own, and Supervisor stops it alone';

describe('a shell in front of a program', () => {
  const rows: readonly (readonly [command: string, said: string | null])[] = [
    ['sh -c "app"', `sh (Debian's for one) ${HARM}; write exec before app`],
    ['/bin/sh -ec "cd /srv && /opt/app/bin/app -x"', `sh (Debian's for one) ${HARM}; write exec before app`],
    ['dash -c app', `dash ${HARM}; write exec before app`],
    ['bash -c "app 2>/dev/null"', `bash ${HARM}; write exec before app`],
    ['bash -euo pipefail -c "app >log"', `bash ${HARM}; write exec before app`],
    ['env A=1 sh -c "app"', `sh (Debian's for one) ${HARM}; write exec before app`],
    ['nice -n 5 sh -c "app"', `sh (Debian's for one) ${HARM}; write exec before app`],
    ['sh -c "app | tee log"', `sh ${HARM}; write stopasgroup=true`],
    ['bash -lc "while true; do app; sleep 60; done"', `bash ${HARM}; write stopasgroup=true`],
    ['busybox sh -c "app; echo ended"', `sh ${HARM}; write stopasgroup=true`],
    ['sh -c "app &"', 'sh ends and leaves what it has started with & in the background; leave out the &'],
    ['bash -c "a && b &"', 'bash ends and leaves what it has started with & in the background; leave out the &'],
    ['sh -c "exec app"', null],
    ['sh -c "cd /srv && exec app"', null],
    ['bash -c app', null],
    ['bash -c "cd /srv && app"', null],
    ['ash -c "app >log"', null],
    ['sh /start.sh', null],
    ['sh -x /start.sh -c app', null],
    ['/start.sh', null],
    ['sh', null],
    ['sh -c', null],
    ['shell -c "app"', null],
  ];
  for (const [command, said] of rows) it(command, () => assert.equal(saidOf(command), said));

  for (const options of ['stopasgroup=true', 'autorestart=false', 'oneshot=true', 'schedule=@daily']) {
    it(`does no harm with ${options}`, () => {
      assert.equal(saidOf('sh -c "app"', options), null);
      assert.equal(saidOf('sh -c "app | tee log"', options), null);
    });
  }
  it('does harm that only stopasgroup mends', () => {
    assert.notEqual(saidOf('sh -c "app"', 'killasgroup=true'), null);
  });
});

/** Whether the command of `-c` is in the shell's place. */
async function makesWay(shell: string, script: string): Promise<boolean> {
  const child = spawn(shell, ['-c', script], { stdio: 'ignore', detached: true });
  const { pid = 0 } = child;
  const nameOf = (id: number) => readFileSync(`/proc/${id}/comm`, 'utf8').trim();
  const childOf = () => readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim();
  try {
    await waitFor(() => nameOf(pid) === 'sleep' || childOf() !== '', `${shell} to run ${script}`);
    return nameOf(pid) === 'sleep';
  } finally {
    process.kill(-pid, 'SIGKILL');
  }
}

/** As the real shells do it: the rows that a finding rests on. */
describe('a real shell makes way for the last command', () => {
  const rows: readonly (readonly [shell: string, script: string, expected: boolean])[] = [
    ['dash', 'sleep 60', false],
    ['dash', 'cd / && sleep 60', false],
    ['dash', 'exec sleep 60', true],
    ['bash', 'sleep 60', true],
    ['bash', 'cd / && sleep 60', true],
    ['bash', 'cd /; sleep 60', true],
    ['bash', 'sleep 60 >/dev/null', false],
    ['bash', 'sleep 60; exit 1', false],
    ['bash', 'sleep 60 | sleep 61', false],
  ];
  for (const [shell, script, expected] of rows) {
    const path = `/bin/${shell}`;
    it(`${shell} -c '${script}': ${expected}`, { skip: existsSync(path) ? false : `needs ${path}` }, async () => {
      assert.equal(await makesWay(path, script), expected);
    });
  }
});

describe('an operator without a shell', () => {
  const rows: readonly (readonly [command: string, said: string | null])[] = [
    ['app > /dev/null', 'without a shell > is an argument of app; write sh -c "…", with exec before the last command'],
    ['a && b', 'without a shell && is an argument of a; write sh -c "…", with exec before the last command'],
    ['/bin/app 2>&1', 'without a shell 2>&1 is an argument of app; write sh -c "…", with exec before the last command'],
    ['app &', 'without a shell & is an argument of app; leave it out, as a program has to stay in the foreground'],
    ['app --query "a & b"', null],
    ['app a&b', null],
    ['app & b', null],
    ["awk -F '|' -f a", null],
    ['app --less ">" --and \\&\\&', null],
    [
      'app --to "a b" > /log',
      'without a shell > is an argument of app; write sh -c "…", with exec before the last command',
    ],
  ];
  for (const [command, said] of rows) it(command, () => assert.equal(saidOf(command), said));
});

it('a wrapper that ignores signals is told of, unless its group is stopped or pidproxy is there', () => {
  const said =
    'mysqld_safe ignores the stop signal, so that its server is killed; write stopasgroup=true, or pidproxy PIDFILE mysqld_safe';
  assert.equal(saidOf('/usr/bin/mysqld_safe --datadir=/var/lib/mysql'), said);
  assert.equal(saidOf('mysqld_safe', 'stopasgroup=true'), null);
  assert.equal(saidOf('pidproxy /run/mysqld.pid mysqld_safe'), null);
});
