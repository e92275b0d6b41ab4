import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Pidfile, type PidfileHost, parsePid } from '../../src/pidproxy/pidfile.ts';

const POSTMASTER = '71\n/var/lib/postgresql/data\n1700000000\n5432\n/var/run/postgresql\n*\n';

const PIDS: readonly [text: string, pid: number | null, why: string][] = [
  ['71\n', 71, 'a number and a newline'],
  ['71', 71, 'a number alone'],
  [' \n 71 \n\n', 71, 'blanks around it, as upstream'],
  ['+71\n', 71, 'a plus, as upstream'],
  [POSTMASTER, 71, "PostgreSQL's, which upstream cannot read"],
  ['-71\n', null, "PostgreSQL's in single-user mode; kill(2) would take it for a group"],
  ['0\n', null, 'our own group, for kill(2)'],
  ['-1\n', null, 'everybody, for kill(2)'],
  ['4294967295\n', null, 'everybody, once it is cut to 32 bits'],
  ['', null, 'nothing yet'],
  ['7 1\n', null, 'two numbers'],
  ['pid 71\n', null, 'words'],
];

describe('the text of a pidfile', () => {
  for (const [text, pid, why] of PIDS) {
    it(`is ${pid ?? 'no pid'} in ${JSON.stringify(text)}: ${why}`, () => assert.equal(parsePid(text), pid));
  }
});

/** We are 50 and started at tick 1000, second 100 of wall time. */
const OWN = { pid: 50, startTicks: 1000, startedMs: 100_000 };

interface World {
  text: string;
  modifiedMs: number;
}

function hostOf(world: World, startTicks: number | null): PidfileHost {
  return {
    own: OWN,
    findProcess: (pid) => (startTicks === null ? null : { pid, startTicks }),
    files: { read: () => world.text, modifiedMs: () => world.modifiedMs },
  };
}

const READINGS: readonly [title: string, before: World, after: World, startTicks: number | null, kind: string][] = [
  ['one that is gone', { text: '71', modifiedMs: 90_000 }, { text: '71', modifiedMs: 90_000 }, null, 'stale'],
  ['one older than the file', { text: '71', modifiedMs: 90_000 }, { text: '71', modifiedMs: 90_000 }, -100, 'running'],
  ['one as old as the file', { text: '71', modifiedMs: 90_000 }, { text: '71', modifiedMs: 90_000 }, 10, 'running'],
  ['one younger than the file', { text: '71', modifiedMs: 90_000 }, { text: '71', modifiedMs: 90_000 }, 900, 'stale'],
  ['PID 1 of a new container', { text: '1', modifiedMs: 90_000 }, { text: '1', modifiedMs: 90_000 }, 995, 'stale'],
  ['a file written since', { text: '71', modifiedMs: 90_000 }, { text: '72', modifiedMs: 90_000 }, 1200, 'running'],
  ['a file touched since', { text: '71', modifiedMs: 90_000 }, { text: '71', modifiedMs: 90_001 }, 1200, 'running'],
  ['an unknown start', { text: '71', modifiedMs: 90_000 }, { text: '71', modifiedMs: 90_000 }, 0, 'running'],
  ['ourselves', { text: '71', modifiedMs: 90_000 }, { text: '50', modifiedMs: 101_000 }, 1000, 'stale'],
  ['no pid', { text: '71', modifiedMs: 90_000 }, { text: '\n', modifiedMs: 101_000 }, 1000, 'unreadable'],
];

describe('a pidfile', () => {
  for (const [title, before, after, startTicks, kind] of READINGS) {
    it(`that names ${title} is ${kind}`, () => {
      const world = { ...before };
      const pidfile = new Pidfile('x.pid', hostOf(world, startTicks));
      Object.assign(world, after);
      assert.equal(pidfile.read().kind, kind);
    });
  }

  it('that is not there is unreadable', () => {
    const files = {
      read: (): string => assert.fail('not asked for'),
      modifiedMs: (): number => {
        throw Object.assign(new Error('ENOENT'), { code: 'ENOENT' });
      },
    };
    const pidfile = new Pidfile('x.pid', { own: OWN, files, findProcess: () => null });
    assert.deepEqual(pidfile.read(), { kind: 'unreadable' });
  });
});
