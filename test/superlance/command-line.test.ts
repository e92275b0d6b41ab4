import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Command } from '../../src/superlance/command.ts';
import { parseCommandLine, renderHelp, UsageError } from '../../src/superlance/command-line.ts';
import { COMMANDS } from '../../src/superlance/commands.ts';
import { readHttpokOptions } from '../../src/superlance/httpok-options.ts';
import { readMailRoute } from '../../src/superlance/mail-options.ts';
import { readMemmonOptions } from '../../src/superlance/memmon-options.ts';
import { createHost } from './support.ts';

function command(name: string): Command {
  const found = COMMANDS.find(({ shape }) => shape.name === name);
  assert.ok(found !== undefined);
  return found;
}

function given(name: string, line: string) {
  return parseCommandLine(command(name).shape, line.split(' '));
}

describe('options', () => {
  // program, words, option, its values, other words
  for (const [name, line, long, values, rest] of [
    ['httpok', '-p a -pb --program c --prog=d http://x', 'program', ['a', 'b', 'c', 'd'], ['http://x']],
    ['httpok', '-eE http://x -a', 'eager', [''], ['http://x', '-a']],
    ['httpok', '--sendmail cat http://x', 'sendmail_program', ['cat'], ['http://x']],
    ['httpok', '--sendmail-program cat http://x', 'sendmail_program', ['cat'], ['http://x']],
    ['httpok', '--t 3 http://x', 'timeout', ['3'], ['http://x']],
    ['memmon', '--gr g=1 -c', 'group', ['g=1'], []],
    ['crashmail', '--p a', 'program', ['a'], []],
    ['crashmailbatch', 'word -t a@b word --fromEmail=c@d', 'toEmail', ['a@b'], ['word', 'word']],
    ['crashmailbatch', 'word --from c@d', 'fromEmail', ['c@d'], ['word']],
    ['crashsms', '--email a@b', 'toEmail', ['a@b'], []],
    ['fatalmailbatch', '-H mail:2525 --tls', 'tls', [''], []],
  ] as const) {
    it(`${name} ${line} gives ${long}`, () => {
      const found = given(name, line);
      assert.deepEqual([found.all(long), found.rest], [values, rest]);
    });
  }

  // Upstream's spellings must never become ambiguous by ours.
  for (const [name, line, message] of [
    ['memmon', '--groupname g=1', 'option --groupname not recognized'],
    ['memmon', '-x', 'option -x not recognized'],
    ['memmon', '-a', 'option -a requires argument'],
    ['crashmail', '--any=1', 'option --any must not have an argument'],
    ['crashsms', '-i', 'option -i requires argument'],
  ] as const) {
    it(`${name} ${line} is refused: ${message}`, () => {
      assert.throws(() => given(name, line), new UsageError(message));
    });
  }

  it('all stand in help, and help fits a terminal', () => {
    for (const { shape } of COMMANDS) {
      const help = renderHelp(shape);
      for (const { long, aliasOf } of shape.flags)
        assert.equal(help.includes(`--${long} `), aliasOf === undefined, long);
      for (const line of help.split('\n')) assert.ok(line.length <= 100, line);
    }
  });
});

describe('sizes and times', () => {
  for (const [text, bytes] of [
    ['5', 5],
    ['2KB', 2048],
    ['1mb', 1_048_576],
    ['3Gb', 3_221_225_472],
    ['', null],
    ['2TB', null],
    ['1.5MB', null],
    ['-1', null],
  ] as const) {
    it(`${text || 'nothing'} is ${bytes ?? 'no'} bytes`, () => {
      const read = () => readMemmonOptions(given('memmon', `-p a=${text}`)).programs.get('a');
      if (bytes === null) assert.throws(read, new UsageError(`Unparseable byte_size in 'a=${text}' for '-p'`));
      else assert.equal(read(), bytes);
    });
  }

  for (const [text, seconds] of [
    ['10', 10],
    ['10s', 10],
    ['2M', 120],
    ['1h', 3600],
    ['2d', 172_800],
    ['2w', null],
  ] as const) {
    it(`${text} is ${seconds ?? 'no'} seconds`, () => {
      const read = () => readMemmonOptions(given('memmon', `--uptime ${text}`)).uptimeSeconds;
      const message = `Unparseable value for time in '${text}' for --uptime`;
      if (seconds === null) assert.throws(read, new UsageError(message));
      else assert.equal(read(), seconds);
    });
  }

  it('a limit without a name is refused', () => {
    const message = "Unparseable value '5MB' for '--program'";
    assert.throws(() => readMemmonOptions(given('memmon', '--prog 5MB')), new UsageError(message));
  });

  it('the name of a watch is not that of a program', () => {
    assert.equal(readMemmonOptions(given('memmon', '-n mine -p a=1 -g b=2')).name, 'mine');
    assert.equal(readMemmonOptions(given('memmon', '-p a=1')).name, null);
  });
});

describe('httpok', () => {
  const read = (line: string) => readHttpokOptions(given('httpok', line), createHost());

  it('has the defaults of superlance', () => {
    const { check, ...rest } = read('http://x/y?z=1#f');
    assert.deepEqual(rest, {
      url: 'http://x/y?z=1#f',
      codes: [200],
      body: null,
      programs: [],
      eager: true,
      failures: 1,
      gcore: '/usr/bin/gcore -o',
      coredir: null,
      name: null,
    });
    const { url: _, ...more } = check;
    assert.deepEqual(more, {
      method: 'GET',
      headers: { 'User-Agent': 'httpok' },
      timeoutMs: 10_000,
      retryIntervalMs: 10_000,
      redirects: 0,
      tls: {},
    });
  });

  for (const line of [
    '-e',
    'http://x http://y',
    'ftp://x',
    'nonsense',
    '-t soon http://x',
    '-t 0 http://x',
    '-c ok http://x',
    '--header nonsense http://x',
    '--header=a:\r\nb:c http://x',
    '--method G/T http://x',
    '--cacert /nowhere http://x',
  ]) {
    it(`refuses ${JSON.stringify(line)}`, () => assert.throws(() => read(line), UsageError));
  }

  for (const [line, user] of [
    ['--user me:you http://x', 'me:you'],
    ['http://me:y%40u@x', 'me:y@u'],
  ] as const) {
    it(`${line} logs in`, () => {
      assert.equal(read(line).check.headers.Authorization, `Basic ${Buffer.from(user).toString('base64')}`);
    });
  }

  it('takes the last word on eagerness', () => {
    assert.deepEqual(
      [read('-E http://x').eager, read('-E -e http://x').eager, read('-eE http://x').eager],
      [false, true, false],
    );
  });
});

describe('the route of mail', () => {
  const SMTP = {
    kind: 'smtp',
    host: 'localhost',
    port: null,
    encryption: 'none',
    login: null,
    verify: true,
    timeoutMs: 60_000,
  };
  for (const [name, line, expected] of [
    ['crashmail', '-a', { kind: 'command', command: 'fallback' }],
    ['crashmail', '-s cat', { kind: 'command', command: 'cat' }],
    ['crashmail', '--smtpHost mail', { ...SMTP, host: 'mail' }],
    ['crashsms', '--sendmail_program cat', { kind: 'command', command: 'cat' }],
    ['crashsms', '-i 1', { ...SMTP, host: 'fallback' }],
    ['crashsms', '-H mail:2525', { ...SMTP, host: 'mail', port: 2525 }],
    ['crashsms', '-H [::1]:2525', { ...SMTP, host: '::1', port: 2525 }],
    ['crashsms', '-H ::1', { ...SMTP, host: '::1' }],
    ['crashsms', '-H mail --tls', { ...SMTP, host: 'mail', encryption: 'starttls' }],
    ['crashsms', '-H mail --smtps --smtpInsecure', { ...SMTP, host: 'mail', encryption: 'tls', verify: false }],
    ['crashsms', '-H mail -u me', { ...SMTP, host: 'mail' }],
    ['crashsms', '-H mail -u me -p you', { ...SMTP, host: 'mail', login: { user: 'me', password: 'you' } }],
    [
      'crashsms',
      '-H mail -u me --passwordFile /secret',
      { ...SMTP, host: 'mail', login: { user: 'me', password: "/secret's" } },
    ],
    ['crashsms', '-H mail --smtpTimeout 5', { ...SMTP, host: 'mail', timeoutMs: 5000 }],
  ] as const) {
    it(`${name} ${line}`, () => {
      const files = { readFile: (path: string) => `${path}'s\n` };
      const fallback = name === 'crashmail' ? { command: 'fallback' } : { smtpHost: 'fallback' };
      assert.deepEqual(readMailRoute(given(name, line), fallback, files), expected);
    });
  }
});
