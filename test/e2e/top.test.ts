import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { runOurs } from '../ctl/both.ts';
import { SERVER } from '../ctl/parity-config.ts';
import { startDaemon } from '../support/daemon.ts';
import { missing } from '../support/requirements.ts';

const PROGRAMS = `
[program:busy]
command=/bin/sh -c "sh -c 'while :; do :; done' & wait"
[program:idle]
command=/bin/sleep 1000
[program:down]
command=/bin/true
autostart=false
`;

/** Cells of the lines of a table, by their first. */
function parseTable(text: string): ReadonlyMap<string, readonly string[]> {
  const rows = text.trimEnd().split('\n');
  return new Map(rows.map((row) => row.split(/ {2,}/)).map(([name = '', ...cells]) => [name, cells]));
}

describe('top', () => {
  for (const asPid1 of [false, true]) {
    const title = `tells CPU and memory of whole process trees${asPid1 ? ', of PID 1 too' : ''}`;
    it(title, { skip: asPid1 && missing('pid namespaces') }, async (t) => {
      const daemon = startDaemon(t, { config: SERVER + PROGRAMS, asPid1 });
      await daemon.waitForOutput(/busy entered RUNNING/);
      const { stdout, stderr, status } = await runOurs(['-c', 'supervisord.conf', 'top'], { cwd: daemon.dir });
      assert.deepEqual([stderr, status], ['', 0]);
      const table = parseTable(stdout);
      assert.deepEqual(table.get('down'), ['STOPPED', '-', '-', '-', '-']);
      const [state, pid, cpu, memory = '', processes] = table.get('busy') ?? [];
      assert.deepEqual([state, processes], ['RUNNING', '2']);
      assert.ok(Number(pid) > 1 && Number(cpu) > 10, stdout);
      assert.match(memory, /^\d+\.\d MiB$/);
      assert.ok(Number(table.get('idle')?.[2]) < 10, stdout);
      // What it runs to learn the machine's units is nobody's orphan, and leaves no zombie.
      assert.doesNotMatch(daemon.output(), /reaped unknown pid|getconf|internal error/);
      assert.equal(await daemon.stop(), 0);
    });
  }

  it('shows as many tables as it is asked for, and refuses what is no number', async (t) => {
    const daemon = startDaemon(t, { config: `${SERVER}\n[program:idle]\ncommand=/bin/sleep 1000\n` });
    await daemon.waitForOutput(/idle entered RUNNING/);
    const run = (...words: string[]) => runOurs(['-c', 'supervisord.conf', 'top', ...words], { cwd: daemon.dir });
    const { stdout } = await run('-n', '2');
    assert.equal(stdout.match(/^NAME /gm)?.length, 2);
    for (const words of [['-n'], ['-n', '0'], ['-n', 'x'], ['web']]) {
      const refused = await run(...words);
      assert.deepEqual(
        [refused.status, refused.stdout.split('\n')[0]],
        [1, 'Error: top takes -n and a number, nothing else'],
      );
    }
    assert.equal(await daemon.stop(), 0);
  });
});
