import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { missing } from '../support/requirements.ts';
import {
  assertNoDifference,
  type ControlledDaemon,
  runProgram,
  stableText,
  startPair,
  waitForFiles,
} from './control-pair.ts';

const SUPERVISORCTL = '/usr/bin/supervisorctl';

const PROGRAMS = `
[program:cat]
command=/bin/cat
stdout_logfile=%DIR%/cat.log
stderr_logfile=NONE
startsecs=0
[program:fails]
command=/bin/sh -c "exit 3"
startsecs=60
startretries=0
autorestart=false
[program:done]
command=/bin/true
startsecs=0
autorestart=false
[program:manual]
command=/bin/cat
autostart=false
startsecs=0
priority=5
[program:gone]
command=/nonexistent/program
autostart=false
[program:plain]
command=%DIR%/plain.txt
autostart=false
[program:talk]
command=/bin/sh -c "echo to stdout; echo über; echo to stderr >&2; exec sleep 1000"
stdout_logfile=%DIR%/talk.log
stderr_logfile=%DIR%/talk.err
startsecs=0
[program:quick]
command=/bin/sh -c "exit 1"
startsecs=60
autostart=false
autorestart=false
startretries=0
[program:multi]
command=/bin/cat
process_name=%(program_name)s_%(process_num)02d
numprocs=2
startsecs=0
[group:pair]
programs=left,right
[program:left]
command=/bin/cat
startsecs=0
[program:right]
command=/bin/cat
autostart=false
startsecs=0
`;

const SETTLED = [/gave up: fails entered FATAL/, /exited: done/, /success: talk entered/, /success: left entered/];

const QUERIES: readonly string[] = [
  ...'status,status all,status cat,status talk cat,status multi:*,status pair:left,status nosuch'.split(','),
  ...'status nosuch:*,status nosuch:x,status done,status fails cat,status manual'.split(','),
  ...'pid nosuch,pid manual,version x,avail,avail x,reread,reread x,shutdown x,reload x'.split(','),
  ...'start,stop,restart,signal,signal HUP,clear,tail,fg,add,remove,open'.split(','),
  ...'start cat,start nosuch,start nosuch:*,start nosuch:x,start gone,start plain,start cat nosuch:* gone'.split(','),
  ...'start quick,stop manual,stop nosuch,stop nosuch:*,stop fails,restart nosuch,restart gone'.split(','),
  ...'signal 0 cat,signal NOSUCH cat,signal CONT manual,signal CONT nosuch,signal CONT multi:*,signal CONT all'.split(
    ',',
  ),
  ...'signal 99 cat,clear nosuch,clear multi:*,clear manual,clear done'.split(','),
  ...'tail talk,tail talk stderr,tail talk nosuch,tail -5 talk,tail -0 talk,tail nosuch,tail cat stderr'.split(','),
  ...'tail manual,tail a b c,maintail nosuch,maintail -x,fg nosuch,fg manual,add cat,add nosuch'.split(','),
  ...'remove cat,remove nosuch,update nosuch,update cat,update,open ftp://x,nosuch'.split(','),
];

const CHANGES: readonly string[] = [
  ...'stop cat,stop cat,status cat,start cat,start cat,restart cat,stop multi:*,start multi:*'.split(','),
  ...'restart multi:*,start pair:*,stop pair:right,status pair:*,stop nosuch talk,start nosuch talk'.split(','),
];

const MORE_CHANGES: readonly string[] = [
  ...'clear talk,tail talk,clear talk cat,signal KILL done,stop all,status,avail,start manual,clear all'.split(','),
];

/** Standard output, lines of processes that go on side by side in the order of their names; and exit status. */
async function runCtl(daemon: ControlledDaemon, line: string, input?: string): Promise<string> {
  const words = line.split(' ').filter((word) => word !== '');
  const options = { cwd: daemon.dir, ...(input === undefined ? {} : { input }) };
  const { stdout, status } = await runProgram([SUPERVISORCTL, '-c', 'supervisord.conf', ...words], options);
  const lines = stableText(stdout, daemon.dir, daemon.port).split('\n');
  const isRace = /^(stop|start|restart|clear) /.test(line);
  return JSON.stringify([isRace ? lines.sort() : lines, status]);
}

/** Where upstream's daemon fails over its own log (half a character, say), ours must not. */
function isMended(theirs: unknown, ours: unknown): boolean {
  return String(theirs).includes('500 Internal Server Error') && !String(ours).includes('Error');
}

async function assertSame(pair: readonly [ControlledDaemon, ControlledDaemon], lines: readonly string[]) {
  const [theirs = [], ours = []] = await Promise.all(
    pair.map(async (daemon) => {
      const results: string[] = [];
      for (const line of lines) results.push(await runCtl(daemon, line));
      return results;
    }),
  );
  assertNoDifference(lines, theirs, ours, isMended);
}

async function changeConfig(daemon: ControlledDaemon, change: (text: string) => string): Promise<void> {
  const path = join(daemon.dir, 'supervisord.conf');
  writeFileSync(path, change(readFileSync(path, 'utf8')));
}

describe("Debian's supervisorctl", { skip: missing('supervisor'), concurrency: false }, () => {
  it('says and answers the same with both daemons: what changes nothing', async (t) => {
    const pair = await startPair(t, PROGRAMS, SETTLED, { 'plain.txt': 'no program' });
    await waitForFiles(pair, 'talk.err', 'to stderr\n');
    await assertSame(pair, QUERIES);
  });

  it('says and answers the same with both daemons: stops, starts, signals, logs', async (t) => {
    const pair = await startPair(t, PROGRAMS, SETTLED, { 'plain.txt': 'no program' });
    await waitForFiles(pair, 'talk.err', 'to stderr\n');
    await assertSame(pair, CHANGES);
    await waitForFiles(pair, 'talk.err', 'to stderr\nto stderr\n');
    await assertSame(pair, MORE_CHANGES);
  });

  it('brings in, changes and takes away groups of a changed configuration', async (t) => {
    const pair = await startPair(t, PROGRAMS, SETTLED);
    for (const daemon of pair) {
      await changeConfig(daemon, (text) =>
        text
          .replace('[program:cat]\ncommand=/bin/cat', '[program:cat]\ncommand=/bin/cat -u')
          .replace(/\[program:talk\][^[]*/, '')
          .concat('[program:fresh]\ncommand=/bin/cat\nstartsecs=0\n'),
      );
    }
    await assertSame(pair, ['reread', 'avail', 'update fresh', 'status fresh', 'update', 'update', 'reread']);
    await assertSame(pair, ['stop fresh', 'remove fresh', 'remove fresh', 'add fresh', 'add fresh', 'status']);
    for (const daemon of pair) await changeConfig(daemon, (text) => `${text}[program:broken]\nnumprocs=x\n`);
    await assertSame(pair, ['reread', 'update', 'status cat']);
  });

  it('brings the daemon back by reload with its pid and its socket, and ends it by shutdown', async (t) => {
    const pair = await startPair(t, PROGRAMS, SETTLED);
    const before = pair.map((daemon) => daemon.pid());
    for (const daemon of pair) {
      assert.equal(await runCtl(daemon, 'reload'), '[["Restarted supervisord",""],0]', daemon.which);
      await daemon.waitForOutput(/supervisord started with pid[\s\S]*supervisord started with pid/);
    }
    for (const [i, daemon] of pair.entries()) {
      const until = Date.now() + 20_000;
      while (!(await runCtl(daemon, 'status talk')).includes('RUNNING')) assert.ok(Date.now() < until, daemon.which);
      assert.equal(
        (await runProgram([SUPERVISORCTL, '-c', 'supervisord.conf', 'pid'], { cwd: daemon.dir })).stdout,
        `${before[i]}\n`,
      );
    }
    await assertSame(pair, ['shutdown']);
    for (const daemon of pair) assert.equal(await daemon.exited, 0, daemon.which);
    await assertSame(pair, ['status', 'shutdown', 'start cat', 'reread', 'avail']);
  });
});
