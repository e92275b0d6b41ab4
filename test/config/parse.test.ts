import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { loadConfig } from '../../src/config/parse.ts';
import { renderProblem } from '../../src/config/problem.ts';
import { loadText, memorySource, NO_FLAGS, requireConfig } from './sources.ts';

const firstProcess = (text: string, given: Parameters<typeof loadText>[1] = {}) => {
  const process = requireConfig(loadText(text, given)).groups[0]?.processes[0];
  assert.ok(process);
  return process;
};

it('every problem is reported with its place, and the first in the words of Supervisor', () => {
  const text = [
    '[supervisord]',
    'loglevel=loud',
    '[program:x]',
    'autostart=maybe',
    'stopsignal=NOPE',
    'startsec=3',
    '[program:y]',
    'user=nobody-here',
    '[inet_http_server]',
    '[grup:z]',
    '[program:w]',
    'command=echo %(nope)s',
  ].join('\n');
  const result = loadText(text);
  assert.ok(!result.ok);
  assert.equal(result.fatal, "bad logging level name 'loud'");
  assert.deepEqual(result.problems.map(renderProblem), [
    "/etc/s.conf:2: error: [supervisord] loglevel: bad logging level name 'loud'",
    '/etc/s.conf:3: error: program section program:x does not specify a command',
    "/etc/s.conf:4: error: [program:x] autostart: not a valid boolean value: 'maybe'",
    "/etc/s.conf:5: error: [program:x] stopsignal: value 'NOPE' is not a valid signal name",
    "/etc/s.conf:6: warning: unknown option 'startsec' in [program:x]; did you mean 'startsecs'?",
    '/etc/s.conf:7: error: program section program:y does not specify a command',
    '/etc/s.conf:8: error: [program:y] user: Invalid user name nobody-here',
    '/etc/s.conf:9: error: section [inet_http_server] has no port value',
    "/etc/s.conf:10: warning: unknown section [grup:z]; did you mean '[group:z]'?",
    "/etc/s.conf:12: error: [program:w] command: Format string 'echo %(nope)s' for 'program:w.command' contains names ('nope') which cannot be expanded. Available names: cpus, group_name, here, host_node_name, numprocs, process_num, program_name, ENV_*",
  ]);
});

describe('the fatal message is the one that Supervisor ends with', () => {
  const rows: readonly (readonly [text: string, fatal: string])[] = [
    ['[program:x]\nautostart=maybe', "not a valid boolean value: 'maybe' in section 'program:x' (file: '/etc/s.conf')"],
    ['[program:a b]\ncommand=x', "Invalid name: 'a b' because of character: ' '"],
    [
      '[program:x]\ncommand=a\nnumprocs=2',
      "%(process_num) must be present within process_name when numprocs > 1 in section 'program:x' (file: '/etc/s.conf')",
    ],
    ['[group:g]\nprograms=nope', '[group:g] names unknown program or fcgi-program nope'],
    [
      '[supervisord]\nbare\nlogfile',
      "Source contains parsing errors: '/etc/s.conf'\n\t[line  2]: 'bare\\n'\n\t[line  3]: 'logfile'",
    ],
    ['x=1\n[supervisord]', "File contains no section headers.\nfile: '/etc/s.conf', line: 1\n'x=1\\n'"],
  ];
  for (const [text, fatal] of rows) {
    it(fatal, () => {
      const result = loadText(text);
      assert.equal(result.ok ? 'accepted' : result.fatal, fatal);
    });
  }
});

it('a number of processes beyond reason is an error, at once', () => {
  for (const numprocs of ['40000', '9'.repeat(400)]) {
    const result = loadText(`[program:x]\ncommand=a\nprocess_name=%(process_num)d\nnumprocs=${numprocs}`);
    assert.match(result.ok ? 'accepted' : result.fatal, /^numprocs \d+ is above upper bound \(32768\)/);
  }
});

describe('a file that cannot be read is one clear error', () => {
  const rows: readonly (readonly [name: string, bytes: Uint8Array | string | null, fatal: string])[] = [
    ['absent', null, 'could not find config file /etc/s.conf'],
    [
      'not UTF-8',
      Uint8Array.from([0x5b, 0x61, 0x5d, 0xff]),
      "'utf-8' codec can't decode byte 0xff in position 3: invalid start byte",
    ],
    [
      'cut off',
      Uint8Array.from([0x5b, 0xe2, 0x82]),
      "'utf-8' codec can't decode bytes in position 1-2: unexpected end of data",
    ],
    [
      'overlong',
      Uint8Array.from([0xe0, 0x80, 0x80]),
      "'utf-8' codec can't decode byte 0xe0 in position 0: invalid continuation byte",
    ],
    [
      'too large',
      new Uint8Array(16 * 1024 * 1024 + 1).fill(10),
      'could not read config file /etc/s.conf: it is larger than 16777216 bytes',
    ],
    ['empty', '', '.ini file does not include supervisord section'],
  ];
  for (const [name, bytes, fatal] of rows) {
    it(name, () => {
      const source = memorySource(bytes === null ? {} : { '/etc/s.conf': bytes });
      const result = loadConfig(source, { path: '/etc/s.conf', flags: NO_FLAGS, strict: false });
      assert.deepEqual(result.ok ? [] : [result.fatal, result.problems.length], [fatal, 1]);
    });
  }
  it('no right to', () => {
    const source = memorySource({}, { exists: () => true });
    const result = loadConfig(source, { path: '/etc/s.conf', flags: NO_FLAGS, strict: false });
    assert.equal(result.ok ? '' : result.fatal, 'could not read config file /etc/s.conf');
  });
});

describe('names that nobody knows', () => {
  const rows: readonly (readonly [text: string, warnings: readonly string[]])[] = [
    ['[program:x]\ncommand=a\ncomand=b', ["unknown option 'comand' in [program:x]; did you mean 'command'?"]],
    ['[supervisord]\nstopwaitsecs=3', ["unknown option 'stopwaitsecs' in [supervisord]; it belongs in [program:x]"]],
    ['[program:x]\ncommand=a\nzzzzqqqq=1', ["unknown option 'zzzzqqqq' in [program:x]"]],
    [
      '[program:x]\ncommand=a\nrerdy_check=tcp://a:1',
      ["unknown option 'rerdy_check' in [program:x]; did you mean 'ready_check'?"],
    ],
    ['[ program:x ]\ncommand=a', ["unknown section [ program:x ]; did you mean '[program:x]'?"]],
    ['[DEFAULT]\nanything=1\n[program:x]\ncommand=a', []],
    ['[DEFAULT]\nanything=%(here)s\n[program:x]\ncommand=a\n[include]\nfiles=none', []],
    ['[rpcinterface:x]\nsupervisor.rpcinterface_factory=a:b\nany=1', []],
  ];
  for (const [text, warnings] of rows) {
    it(`warn: ${text}`, () => {
      const result = loadText(text);
      assert.deepEqual(result.ok ? result.warnings.map((one) => one.text) : [result.fatal], warnings);
    });
    it(`are errors when strict: ${text}`, () => assert.equal(loadText(text, {}, true).ok, warnings.length === 0));
  }
});

describe('additions', () => {
  it('main turns autorestart off unless it is set', () => {
    assert.equal(firstProcess('[program:x]\ncommand=a\nmain=true').autorestart, 'false');
    assert.equal(firstProcess('[program:x]\ncommand=a\nmain=true\nautorestart=true').autorestart, 'true');
    assert.equal(firstProcess('[program:x]\ncommand=a').autorestart, 'unexpected');
  });
  it("exit_on_fatal is [supervisord]'s unless the program has its own", () => {
    const global = '[supervisord]\nexit_on_fatal=true\n[program:x]\ncommand=a\n';
    assert.equal(firstProcess(global).exit_on_fatal, true);
    assert.equal(firstProcess(`${global}exit_on_fatal=false`).exit_on_fatal, false);
    assert.equal(firstProcess('[program:x]\ncommand=a').exit_on_fatal, false);
  });
  it('numprocs=auto follows the CPUs and always needs numbered names', () => {
    const text = '[program:x]\ncommand=a %(cpus)d\nnumprocs=auto\nprocess_name=x_%(process_num)d';
    assert.equal(requireConfig(loadText(text, { cpus: 2 })).groups[0]?.processes.length, 2);
    assert.equal(firstProcess(text, { cpus: 2 }).command, 'a 2');
    assert.equal(loadText('[program:x]\ncommand=a\nnumprocs=auto', { cpus: 1 }).ok, false);
  });
  it('a default may stand in a name', () => {
    assert.equal(firstProcess('[program:x]\ncommand=a\nprocess_name=w-%(ENV_N:-main)s').name, 'w-main');
  });
  it('seconds of the shutdown', () => {
    const secondsOf = (value: string) => {
      const result = loadText(`[supervisord]\nshutdown_timeout=${value}`);
      return result.ok ? result.config.supervisord.shutdown_timeout : result.fatal;
    };
    assert.deepEqual([secondsOf('9'), secondsOf('1.5')], [9, 1.5]);
    assert.equal(secondsOf('0'), "not a number of seconds above 0, such as 10 or 0.5: '0'");
    assert.equal(secondsOf('soon'), "not a number of seconds above 0, such as 10 or 0.5: 'soon'");
  });
});

it('variables come from [supervisord], then the program, and may be used as ENV_', () => {
  const process = firstProcess(
    '[supervisord]\nenvironment=A=1,B=1\n[program:x]\nenvironment=F="%(ENV_A)s-%(process_num)d",A="over"\ncommand=%(ENV_A)s %(ENV_F)s %(ENV_B)s\n',
  );
  assert.deepEqual(process.environment, { A: 'over', B: '1', F: '1-0' });
  assert.equal(process.command, 'over 1-0 1');
});

it('included files are merged in order, with here as their own directory', () => {
  const files = {
    '/etc/s.conf': '[supervisord]\n[include]\nfiles=d/*.conf none-*\n[program:r]\ncommand=%(here)s\n',
    '/etc/d/b.conf': '[program:b]\ncommand=%(here)s/b\n[program:r]\npriority=5\n',
    '/etc/d/a.conf': '[program:b]\ncommand=hidden\n[include]\nfiles=/etc/other.conf\nx=%(nope)s\n',
    '/etc/other.conf': '[program:other]\ncommand=a\n',
  };
  const config = requireConfig(
    loadConfig(memorySource(files), { path: '/etc/s.conf', flags: NO_FLAGS, strict: false }),
  );
  const commands = config.groups.map(({ name, priority, processes }) => [name, priority, processes[0]?.command]);
  assert.deepEqual(commands, [
    ['r', 5, '/etc'],
    ['b', 999, '/etc/d/b'],
  ]);
  assert.deepEqual(config.messages, [
    { level: 'info', text: 'Included extra file "/etc/d/a.conf" during parsing' },
    { level: 'info', text: 'Included extra file "/etc/d/b.conf" during parsing' },
    { level: 'warn', text: 'No file matches via include "/etc/none-*"' },
  ]);
});

it('a problem in an included file names that file', () => {
  const files = {
    '/etc/s.conf': '[supervisord]\n[include]\nfiles=a.conf\n',
    '/etc/a.conf': '\n[program:x]\ncommand=a\nstartsecs=x\n',
  };
  const result = loadConfig(memorySource(files), { path: '/etc/s.conf', flags: NO_FLAGS, strict: false });
  assert.ok(!result.ok);
  assert.equal(
    result.fatal,
    "invalid literal for int() with base 10: 'x' in section 'program:x' (file: '/etc/a.conf')",
  );
  assert.deepEqual(
    result.problems.map(({ file, line, key }) => [file, line, key]),
    [['/etc/a.conf', 4, 'startsecs']],
  );
});

it('the result is frozen through and through', () => {
  const config = requireConfig(loadText('[program:x]\ncommand=a\nenvironment=A=1'));
  const check = (value: unknown): void => {
    if (typeof value !== 'object' || value === null) return;
    assert.ok(Object.isFrozen(value));
    for (const part of Object.values(value)) check(part);
  };
  check(config);
});

it('of two groups with one name the first in order runs, and it is said', () => {
  const config = requireConfig(
    loadText('[program:x]\ncommand=a\n[group:x]\nprograms=y\npriority=1\n[program:y]\ncommand=b\n'),
  );
  assert.deepEqual(
    config.groups.map(({ name, kind }) => [name, kind]),
    [['x', 'group']],
  );
  assert.deepEqual(config.messages, [
    { level: 'warn', text: "more than one group is named 'x'; only the first one runs" },
  ]);
});

it('a thousand programs load in well under a second', () => {
  const text = Array.from(
    { length: 1000 },
    (_, i) => `[program:p${i}]\ncommand=a ; c\nenvironment=A="%(ENV_H)s",B=2\nuser=app\n`,
  ).join('');
  loadText(text, { env: { H: 'x' } });
  const start = process.cpuUsage().user;
  assert.equal(requireConfig(loadText(text, { env: { H: 'x' } })).groups.length, 1000);
  assert.ok(process.cpuUsage().user - start < 800_000);
});
