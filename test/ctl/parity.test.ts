import { appendFileSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { missing } from '../support/requirements.ts';
import { assertSame, runUpstream } from './both.ts';
import { startUpstream } from './upstream.ts';

const skip = missing('supervisor');

const words = (line: string): string[] => line.split(' ').filter((word) => word !== '');

const run = (dir: string, line: string) => runUpstream(['-c', 'supervisord.conf', ...words(line)], { cwd: dir });

const COMMANDS =
  'add avail clear exit fg maintail open pid quit reload remove reread restart shutdown signal start status stop tail update version';

/** Each may be given at any time and changes nothing. */
const HARMLESS: readonly string[] = [
  ...COMMANDS.split(' ').map((name) => `help ${name}`),
  ...'help EOF,help help,help nosuch,help status all,?status,? status,?nosuch'.split(','),
  ...'status,status all,status cat,status cat talk,status talk cat,status multi:*,status multi:'.split(','),
  ...'status pair:left,status nosuch,status nosuch:*,status nosuch:x,status pair:nosuch,status cat:cat'.split(','),
  ...'status multi:multi_00 nosuch nosuch:x nog:*,status nosuch fails,status cat all,status done'.split(','),
  ...'status  cat   cat,status a-program-with-a-name-that-is-longer-than-a-column'.split(','),
  ...'pid,pid cat,pid all,pid manual,pid nosuch,pid nosuch cat,pid manual cat,pid multi:*,pid cat all'.split(','),
  ...'version,version x,avail,avail x,reread x,shutdown x,reload x'.split(','),
  ...'start,stop,restart,signal,signal HUP,clear,tail,fg,add,remove,open'.split(','),
  ...'start cat,start nosuch,start nosuch:*,start nosuch:x,start gone,start plain,start cat nosuch:* gone'.split(','),
  ...'start quick,start cat:cat,start pair:nosuch,start gone nosuch'.split(','),
  ...'stop manual,stop nosuch,stop nosuch:*,stop nosuch:x,stop manual nosuch:*,stop fails'.split(','),
  ...'restart nosuch,restart gone,restart nosuch:*'.split(','),
  ...'signal 0 cat,signal NOSUCH cat,signal CONT manual,signal CONT nosuch,signal CONT nosuch:*'.split(','),
  ...'signal CONT cat talk,signal CONT multi:*,signal CONT all,signal NOSUCH all,signal 99 cat,signal 18 cat'.split(
    ',',
  ),
  ...'signal NOSUCH multi:*'.split(','),
  ...'clear nosuch,clear multi:*,clear nosuch:x,clear manual,clear a-program-with-a-name-that-is-longer-than-a-column'.split(
    ',',
  ),
  ...'tail talk,tail talk stderr,tail talk STDERR,tail talk stdout,tail -5 talk,tail -0 talk,tail -1_0 talk'.split(','),
  ...'tail -5 talk stderr,tail talk nosuch,tail nosuch,tail -x talk,tail - talk,tail -f,tail a b c,tail a b c d'.split(
    ',',
  ),
  ...'tail cat stderr,tail manual,tail -99999999999 talk,tail multi:*,tail --5 talk,tail talk x stdout'.split(','),
  ...'maintail nosuch,maintail -x,maintail a b,maintail -0x'.split(','),
  ...'fg nosuch,fg manual,fg cat talk,fg multi:*'.split(','),
  ...'add cat,add nosuch,add nosuch cat,remove cat,remove nosuch,remove nosuch cat'.split(','),
  ...'update nosuch,update cat,update,reread'.split(','),
  ...'open ftp://x,open nosuch,open http://127.0.0.1:1,open unix:///nosuch/socket,open http:x'.split(','),
  ...'nosuch,nosuch x,foo-bar,!ls,-,status:x,EOF,quit,exit,quit now,:,*,stat,STATUS'.split(','),
];

describe('with a supervisord at work', { skip, concurrency: false }, () => {
  it('every harmless command says and answers what supervisorctl does', async (t) => {
    const { dir } = await startUpstream(t);
    for (const line of HARMLESS) await assertSame([['-c', 'supervisord.conf', ...words(line)]], { cwd: dir });
  });

  interface Change {
    readonly title: string;
    readonly lines: readonly string[];
    /** Brings back what these lines find. */
    readonly first?: string;
  }

  const CHANGES: readonly Change[] = [
    { title: 'a process', lines: ['stop cat', 'stop cat', 'status cat', 'start cat', 'start cat', 'restart cat'] },
    {
      title: 'a group',
      lines: ['stop multi:*', 'status multi:*', 'start multi:*', 'restart multi:*', 'start multi:*'],
    },
    { title: 'some of a group', lines: ['start pair:*', 'stop pair:right', 'stop pair:*', 'start pair:left'] },
    { title: 'a process without rest', lines: ['start manual', 'status manual', 'stop manual', 'pid manual'] },
    { title: 'logs', lines: ['clear talk', 'tail talk', 'clear talk cat', 'clear nosuch talk'] },
    {
      title: 'a signal that ends',
      lines: ['signal KILL done', 'signal TERM pair:left', 'signal HUP manual'],
      first: 'restart pair:left',
    },
    { title: 'two of which one is not there', lines: ['stop nosuch talk', 'start nosuch talk', 'restart nosuch talk'] },
  ];
  for (const { title, lines, first } of CHANGES) {
    it(`starts, stops and clears: ${title}`, async (t) => {
      const { dir } = await startUpstream(t);
      await assertSame(
        lines.map((line) => ['-c', 'supervisord.conf', ...words(line)]),
        { cwd: dir, ...(first === undefined ? {} : { before: async () => void (await run(dir, first)) }) },
      );
    });
  }

  it('brings in, changes and takes away groups of a changed configuration', async (t) => {
    const { dir } = await startUpstream(t);
    const path = join(dir, 'supervisord.conf');
    const old = readFileSync(path, 'utf8');
    const fresh = `${old.replace('[program:cat]\ncommand=/bin/cat', '[program:cat]\ncommand=/bin/cat -u')}
[program:fresh]
command=/bin/cat
`.replace(/\[program:talk\][^[]*/, '');
    const same = (...lines: string[]) =>
      assertSame(
        lines.map((line) => ['-c', 'supervisord.conf', ...words(line)]),
        { cwd: dir },
      );
    writeFileSync(path, fresh);
    await same('reread', 'status fresh', 'avail', 'update nosuch');
    const update = () => run(dir, 'update');
    const before = async () => {
      writeFileSync(path, old);
      await update();
      writeFileSync(path, fresh);
    };
    for (const line of ['update', 'update all', 'update talk', 'update cat fresh', 'update cat nosuch', 'update fresh'])
      await assertSame([['-c', 'supervisord.conf', line]], { cwd: dir, before });
    await assertSame(
      ['reread', 'add fresh', 'add fresh', 'stop fresh', 'remove fresh', 'remove fresh'].map((line) => [
        '-c',
        'supervisord.conf',
        ...words(line),
      ]),
      { cwd: dir, before },
    );
    appendFileSync(path, '[program:broken]\nnumprocs=x\ncommand=/bin/cat\n');
    await same('reread', 'update', 'update all');
  });
});
