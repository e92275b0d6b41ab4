import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { OWN_FILES, startDaemon } from '../support/daemon.ts';

/** Writes once and stays. */
const once = (name: string, script: string, ...options: string[]): string =>
  [`[program:${name}]`, `command=sh -c '${script}; exec sleep 1000'`, 'autorestart=false', ...options, ''].join('\n');

const NO_FILES = ['stdout_logfile=NONE', 'stderr_logfile=NONE'];

describe('the console', () => {
  it('is off unless asked for', async (t) => {
    const daemon = startDaemon(t, {
      config: OWN_FILES + once('p', 'echo here', 'stdout_logfile=/dev/stderr') + once('q', 'echo there'),
    });
    await daemon.waitForOutput(/^here$/m);
    await daemon.stop();
    assert.doesNotMatch(daemon.output(), /there/);
  });

  const forms = [
    { mode: 'raw', line: /^one$/m, error: /^two$/m, own: /^\d{4}-.* INFO spawned: 'p'/m, rest: /^rest$/m },
    {
      mode: 'prefix',
      line: /^p \| one$/m,
      error: /^p \| two$/m,
      own: /^initvisor \| \d{4}-.* INFO spawned: 'p'/m,
      rest: /^p \| rest$/m,
    },
  ];
  for (const { mode, line, error, own, rest } of forms) {
    it(`shows lines as ${mode}, one without an end included`, async (t) => {
      const program =
        '[program:p]\ncommand=sh -c "echo one; echo two >&2; printf rest"\nstartsecs=0\nautorestart=false\n';
      const daemon = startDaemon(t, { config: `${OWN_FILES}console=${mode}\n${program}${NO_FILES.join('\n')}\n` });
      for (const pattern of [line, error, own, rest]) await daemon.waitForOutput(pattern);
      assert.equal(await daemon.stop(), 0);
    });
  }

  it('shows lines as JSON: an object gets the fields that it lacks, anything else becomes a message', async (t) => {
    const lines = [
      ['plain "text"\\ é', { message: 'plain "text"\\ é' }],
      ['{"level":"info","n":[1,{"ts":2}]}', { level: 'info', n: [1, { ts: 2 }] }],
      ['{"ts":"mine","stream":7}', { ts: 'mine', stream: 7 }],
      [' {} ', {}],
      ['{"broken":', { message: '{"broken":' }],
      ['{"a":1} {"b":2}', { message: '{"a":1} {"b":2}' }],
      ['[1]', { message: '[1]' }],
      ['control \u0001', { message: 'control \u0001' }],
      ['', { message: '' }],
    ] as const;
    const daemon = startDaemon(t, {
      config: `${OWN_FILES}console=json\n${once('p', 'cat %DIR%/lines; printf "bad \\\\377\\\\nend\\\\n"', ...NO_FILES)}`,
      files: { lines: lines.map(([text]) => `${text}\n`).join('') },
    });
    await daemon.waitForOutput(/"message":"end"/);
    assert.equal(await daemon.stop(), 0);
    const all = daemon.lines().map((line): Record<string, unknown> => JSON.parse(line));
    const shown = all.filter(({ program }) => program === 'p');
    const expected = [...lines.map(([, fields]) => fields), { message: 'bad \uFFFD' }, { message: 'end' }];
    for (const [index, fields] of expected.entries()) {
      const { ts } = shown[index] ?? {};
      if (!('ts' in fields)) assert.match(String(ts), /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
      assert.deepEqual(shown[index], { ts, program: 'p', stream: 'stdout', ...fields });
    }
    const own = all.find(({ message }) => /^spawned: 'p'/.test(String(message)));
    const { ts, message, ...rest } = own ?? {};
    assert.deepEqual(rest, { program: 'initvisor', stream: 'log', level: 'info' });
  });

  it('is a program’s own choice, with its own prefix, and leaves its log file as it was', async (t) => {
    const config =
      `${OWN_FILES}console=raw\n` +
      once(
        'a',
        'echo from a',
        'console=prefix',
        'console_prefix=[%(group_name)s/%(process_name)s]',
        'stdout_logfile=%DIR%/a.log',
      ) +
      once('b', 'echo from b', 'console=off') +
      once('c', 'echo from c', 'stdout_logfile=/dev/stdout');
    const daemon = startDaemon(t, { config });
    await daemon.waitForOutput(/^\[a\/a\] from a$/m);
    await daemon.waitForOutput(/^from c$/m);
    await daemon.stop();
    assert.doesNotMatch(daemon.output(), /from b/);
    assert.equal(daemon.output().split('from c').length, 2, 'a log that means stdout is not written besides');
  });

  it('never tears lines of programs that write at once, and cuts an endless one', async (t) => {
    const flood = (name: string) =>
      `[program:${name}]\ncommand=%DIR%/flood ${name}\nstartsecs=0\nautorestart=false\n${NO_FILES.join('\n')}\n`;
    const config = `${OWN_FILES}silent=true\nconsole=prefix\n${['aaa', 'bbb', 'ccc'].map(flood).join('')}`;
    const files = {
      flood: '#!/bin/sh\nyes "$1 $1 $1 $1 $1 $1" | head -n 20000\nhead -c 200000 /dev/zero | tr "\\0" x\n',
    };
    const daemon = startDaemon(t, { config, files });
    const done = (name: string) => new RegExp(`^${name} \\| x{60000,}$`, 'm');
    for (const name of ['aaa', 'bbb', 'ccc']) await daemon.waitForOutput(done(name), 20_000);
    await daemon.stop();
    const lines = daemon.lines();
    for (const name of ['aaa', 'bbb', 'ccc']) {
      const words = `${name} ${name} ${name} ${name} ${name} ${name}`;
      assert.equal(lines.filter((line) => line === `${name} | ${words}`).length, 20_000, name);
    }
    const odd = lines.filter((line) => !/^(\w+) \| (\1 \1 \1 \1 \1 \1|x+)$/.test(line));
    assert.deepEqual(odd, []);
    const cut = lines.filter((line) => line.startsWith('aaa | x'));
    assert.equal(
      cut.map((line) => line.length - 'aaa | '.length).reduce((sum, length) => sum + length),
      200_000,
    );
    assert.ok(cut.every((line) => line.length <= 65_536 + 'aaa | '.length));
  });

  it('shows at most log_rate_limit lines a second of a program, and says how many were dropped', async (t) => {
    const config =
      `${OWN_FILES}silent=true\nconsole=prefix\nlog_rate_limit=10\n` +
      once('loud', 'seq 1 500; seq 501 1000 >&2', 'stdout_logfile=%DIR%/loud.log', 'stderr_logfile=NONE') +
      once('calm', 'seq 1 5', ...NO_FILES);
    const daemon = startDaemon(t, { config });
    const [, dropped] = await daemon.waitForOutput(/^loud \| \(log_rate_limit: (\d+) lines dropped\)$/m);
    await daemon.waitForOutput(/^calm \| 5$/m);
    await daemon.stop();
    const shown = daemon.lines().filter((line) => /^loud \| \d+$/.test(line)).length;
    assert.ok(shown <= 20, `${shown} lines`);
    assert.equal(shown + Number(dropped), 1000, 'both streams together');
  });
});
