import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { INITVISOR, OWN_FILES, startDaemon } from '../support/daemon.ts';
import { missing } from '../support/requirements.ts';

interface Row {
  readonly what: string;
  readonly config: string;
  readonly args?: readonly string[];
  readonly status: number;
  /** In the termination log. */
  readonly told: RegExp;
}

const MAIN = 'main=true\nstartsecs=0\n';
const FATAL = 'startretries=0\nexit_on_fatal=true\n';

const ROWS: readonly Row[] = [
  {
    what: 'the main program’s code',
    config: `[program:m]\n${MAIN}command=sh -c 'echo last line; exit 7'`,
    status: 7,
    told: /^main program m ended \(exit status 7\); exit status 7\nlast line\n$/,
  },
  {
    what: '0 when the main program ends with 0',
    config: `[program:m]\n${MAIN}command=true`,
    status: 0,
    told: /ended \(exit status 0\); exit status 0/,
  },
  {
    what: '128+n when a signal ends the main program',
    config: `[program:m]\n${MAIN}command=sh -c 'kill -KILL $$'`,
    status: 137,
    told: /ended \(terminated by SIGKILL\); exit status 137/,
  },
  {
    what: '127 when the main program is not there',
    config: `[program:m]\n${MAIN}startretries=0\ncommand=/no/such/program`,
    status: 127,
    told: /^m entered FATAL state: can't find command '\/no\/such\/program'; exit status 127/,
  },
  {
    what: '126 when the main program cannot be executed',
    config: `[program:m]\n${MAIN}startretries=0\ncommand=/etc/passwd`,
    status: 126,
    told: /command at '\/etc\/passwd' is not executable; exit status 126/,
  },
  {
    what: 'the code of a program that goes FATAL',
    config: `[program:x]\n${FATAL}command=sh -c 'echo why >&2; exit 3'`,
    status: 3,
    told: /^x entered FATAL state: Exited too quickly .*exit status 3\nwhy\n$/,
  },
  {
    what: '1 when the one that goes FATAL ended with 0',
    config: `[program:x]\n${FATAL}command=true`,
    status: 1,
    told: /exit status 1\n/,
  },
  {
    what: 'the code also when the flag says so',
    config: `[program:x]\nstartretries=0\ncommand=sh -c 'exit 9'`,
    args: ['--exit-on-fatal'],
    status: 9,
    told: /exit status 9/,
  },
  {
    what: 'the code also when [supervisord] says so, one program excepted',
    config: `exit_on_fatal=true\n[program:a]\nexit_on_fatal=false\nstartretries=0\npriority=1\ncommand=sh -c 'exit 4'\n
[program:x]\nstartretries=1\npriority=2\ncommand=sh -c 'exit 5'`,
    status: 5,
    told: /^x entered FATAL/,
  },
];

describe('the exit status of the container', () => {
  for (const asPid1 of [false, true]) {
    const skip = asPid1 && missing('root', 'pid namespaces');
    for (const { what, config, args = [], status, told } of ROWS) {
      it(`is ${what}, ${asPid1 ? '' : 'not '}as PID 1`, { skip }, async (t) => {
        const other = '\n[program:other]\ncommand=sleep 1000\n';
        const text = `${OWN_FILES}termination_log=%DIR%/why\n${config}${other}`;
        const daemon = startDaemon(t, { config: text, args, asPid1 });
        assert.equal(await daemon.exited, status, daemon.output());
        assert.match(readFileSync(join(daemon.dir, 'why'), 'utf8'), told);
        assert.match(daemon.output(), /stopped: other/);
      });
    }
  }

  it('tells the last lines of a talkative program, in 4096 bytes', async (t) => {
    const command = `sh -c 'seq -f "line number %%g é" 1 5000; exit 1'`;
    const config = `${OWN_FILES}termination_log=%DIR%/why\n[program:x]\nmain=true\nstartsecs=0\ncommand=${command}\n`;
    const daemon = startDaemon(t, { config });
    assert.equal(await daemon.exited, 1, daemon.output());
    const why = readFileSync(join(daemon.dir, 'why'));
    assert.ok(why.length <= 4096 && why.length > 4000, `${why.length} bytes`);
    const lines = why.toString('utf8').split('\n');
    assert.match(lines[0] ?? '', /^main program x ended/);
    assert.equal(lines.at(-2), 'line number 5000 é');
    for (const line of lines.slice(1, -1)) assert.match(line, /^line number \d+ é$/);
  });
});

describe('a configuration that is wrong', () => {
  const config = `${OWN_FILES}loglevel=nonsense\n[program:a]\nstartsecs=soon\n[program:b]\ncommand=true\nautorestart=maybe\n`;
  for (const asPid1 of [false, true]) {
    const skip = asPid1 && missing('root', 'pid namespaces');
    it(`ends with 2 and tells every problem with its place, ${asPid1 ? '' : 'not '}as PID 1`, { skip }, async (t) => {
      const daemon = startDaemon(t, { config, asPid1 });
      assert.equal(await daemon.exited, 2);
      for (const line of [5, 6, 7, 10]) assert.match(daemon.output(), new RegExp(`supervisord\\.conf:${line}: error`));
    });
  }

  for (const [what, flags, said] of [
    ['a file that is not there', '-c /no/such/file', /^Error: could not find config file \/no\/such\/file/m],
    ['a flag that nobody knows', '--no-such-flag', /^Error: option --no-such-flag not recognized/m],
  ] as const) {
    it(`ends with 2 for ${what}`, async (t) => {
      // The shell leaves out the path of the configuration that comes after.
      const command = ['sh', '-c', `exec "$0" "$1" ${flags}`, process.execPath, INITVISOR] as const;
      const daemon = startDaemon(t, { config: OWN_FILES, command });
      assert.equal(await daemon.exited, 2);
      assert.match(daemon.output(), said);
    });
  }
});
