import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { OWN_FILES, startDaemon, type TestDaemon } from '../support/daemon.ts';
import { waitFor } from '../support/wait-for.ts';

const textOf = ({ dir }: TestDaemon, name: string): string =>
  existsSync(join(dir, name)) ? readFileSync(join(dir, name), 'utf8') : '';

/** Says READY and OK to everything, and keeps what it is told. */
const LISTENER = `#!${process.execPath}
const { appendFileSync } = require('node:fs');
let text = '';
process.stdout.write('READY\\n');
process.stdin.setEncoding('utf8').on('data', (data) => {
  text += data;
  for (;;) {
    const [all, name, length] = /^.* eventname:(\\S+) len:(\\d+)\\n/.exec(text) ?? [];
    if (all === undefined || text.length < all.length + Number(length)) return;
    appendFileSync(process.argv[2], name + ' ' + text.slice(all.length, all.length + Number(length)) + '\\n--\\n');
    text = text.slice(all.length + Number(length));
    process.stdout.write('RESULT 2\\nOKREADY\\n');
  }
});
`;

const PROGRAM = `#!/bin/sh
printf 'before <!--XSUPERVISOR:BEGIN-->told'
printf ' twice<!--XSUPERVISOR:END--> after\\n'
printf 'a red \\033[1;31mword\\033[0m and a tail <!--XSUPER'
sleep 1.2
`;

const CONFIG = `${OWN_FILES}strip_ansi=true
[program:p]
command=%DIR%/p
autorestart=false
stdout_logfile=%DIR%/p.log
stdout_capture_maxbytes=1MB
stdout_events_enabled=true
[eventlistener:l]
command=%DIR%/l %DIR%/heard
events=PROCESS_LOG,PROCESS_COMMUNICATION
buffer_size=100
`;

const TEXT = 'before  after\na red word and a tail <!--XSUPER';

describe('what is rewritten', () => {
  it('reaches log and listeners whole, the tail included', async (t) => {
    const daemon = startDaemon(t, { config: CONFIG, files: { p: PROGRAM, l: LISTENER } });
    await daemon.waitForOutput(/exited: p/);
    await waitFor(
      () => textOf(daemon, 'p.log') === TEXT,
      'the log',
      undefined,
      () => textOf(daemon, 'p.log'),
    );
    const heard = () => textOf(daemon, 'heard').split('\n--\n');
    await waitFor(() => heard().some((event) => event.endsWith('tail ') || event.endsWith('<!--XSUPER')), 'the events');
    const [told] = heard().filter((event) => event.startsWith('PROCESS_COMMUNICATION_STDOUT '));
    assert.match(told ?? '', /^PROCESS_COMMUNICATION_STDOUT processname:p groupname:p pid:[1-9]\d*\ntold twice$/);
    const logged = heard().filter((event) => event.startsWith('PROCESS_LOG_STDOUT '));
    assert.match(logged[0] ?? '', / processname:p groupname:p pid:[1-9]\d* channel:stdout\n/);
    assert.equal(await daemon.stop(), 0);
  });

  it('is written before the daemon ends, however much it is', async (t) => {
    const config = `${OWN_FILES}strip_ansi=true\n[program:p]\ncommand=%DIR%/p\nstdout_logfile=%DIR%/p.log\nstartsecs=0\nmain=true\n`;
    const files = { p: '#!/bin/sh\nseq 1 300000\nprintf "\\033[31mlast\\033[0m"\n' };
    const daemon = startDaemon(t, { config, files });
    assert.equal(await daemon.exited, 0);
    const expected = `${Array.from({ length: 300_000 }, (_, i) => `${i + 1}\n`).join('')}last`;
    assert.equal(textOf(daemon, 'p.log') === expected, true, `${textOf(daemon, 'p.log').length} bytes`);
  });

  it('waits for a stdout that nobody reads, and is complete once somebody does', async (t) => {
    const config = `${OWN_FILES}silent=true\nstrip_ansi=true\n[program:p]\ncommand=%DIR%/p\nstdout_logfile=/dev/stdout\nstartsecs=0\nautorestart=false\n`;
    const files = { p: '#!/bin/sh\nseq 1 900000\nprintf "\\033[31mlast\\033[0m\\n"\necho done > %DIR%/done\n' };
    const daemon = startDaemon(t, { config, files });
    daemon.child.stdout?.pause();
    await waitFor(() => textOf(daemon, 'main.log').includes('success: p'), 'the start');
    assert.equal(existsSync(join(daemon.dir, 'done')), false);
    daemon.child.stdout?.resume();
    await daemon.waitForOutput(/^last$/m, 20_000);
    assert.equal(daemon.output(), `${Array.from({ length: 900_000 }, (_, i) => `${i + 1}\n`).join('')}last\n`);
    assert.equal(await daemon.stop(), 0);
  });
});
