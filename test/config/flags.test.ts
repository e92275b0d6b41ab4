import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { findConfigFile, renderNotFound } from '../../src/config/find.ts';
import { parseDaemonFlags } from '../../src/config/flags.ts';
import { loadConfig } from '../../src/config/parse.ts';
import { memorySource, requireConfig } from './sources.ts';

describe('a command line is refused', () => {
  const rows: readonly (readonly [line: string, error: string])[] = [
    ['foo bar', "positional arguments are not supported: ['foo', 'bar']"],
    ['-n x -c y', "positional arguments are not supported: ['x', '-c', 'y']"],
    ['-z', 'option -z requires argument'],
    ['--logfile', 'option --logfile requires argument'],
    ['--bogus', 'option --bogus not recognized'],
    ['-X', 'option -X not recognized'],
    ['--nodaemon=1', 'option --nodaemon must not have an argument'],
    ['--min=1', 'option --min not a unique prefix'],
    ['-e foo', "invalid value for -e 'foo': bad logging level name 'foo'"],
    ['--loglev=foo', "invalid value for --loglevel 'foo': bad logging level name 'foo'"],
    ['-m 9', "invalid value for -m '9': 9 can not be converted to an octal type"],
    ['-a x', "invalid value for -a 'x': invalid literal for int() with base 10: 'x'"],
    ['-c a -c b', "conflicting command line option '-c'"],
    ['-n --nodaemon', "conflicting command line option '--nodaemon'"],
    ['-', "positional arguments are not supported: ['-']"],
  ];
  for (const [line, error] of rows) {
    it(line, () => assert.deepEqual(parseDaemonFlags(line.split(' ')), { ok: false, error }));
  }
});

describe('a command line means', () => {
  const rows: readonly (readonly [line: string, expected: unknown])[] = [
    ['-nc x', { configuration: 'x', overrides: [['-n', 'nodaemon', 'true']] }],
    ['--conf=x', { configuration: 'x' }],
    ['-cx', { configuration: 'x' }],
    ['--st', { overrides: [['--strip_ansi', 'strip_ansi', 'true']] }],
    ['--strict', { strict: true }],
    ['--exit', { overrides: [['--exit-on-fatal', 'exit_on_fatal', 'true']] }],
    ['-h --loglevel foo', { action: 'help' }],
    ['-?', { action: 'help' }],
    ['--version', { action: 'version' }],
    ['-l= --', { overrides: [['-l', 'logfile', '=']] }],
  ];
  for (const [line, expected] of rows) {
    it(line, () => {
      const parsed = parseDaemonFlags(line.split(' '));
      assert.ok(parsed.ok);
      const { overrides, ...flags } = parsed.flags;
      const none = { action: 'run', configuration: null, strict: false, overrides: [] };
      const listed = overrides.map(({ option, key, text }) => [option, key, text]);
      assert.deepEqual({ ...flags, overrides: listed }, { ...none, ...(typeof expected === 'object' ? expected : {}) });
    });
  }
});

const load = (line: string, text: string) => {
  const parsed = parseDaemonFlags(line.split(' '));
  assert.ok(parsed.ok);
  return loadConfig(memorySource({ '/etc/s.conf': text }), { path: '/etc/s.conf', flags: parsed.flags, strict: false });
};

it('the command line beats the file', () => {
  const text = '[supervisord]\nloglevel=warn\nnodaemon=false\nlogfile=/tmp/a\nuser=root\n[program:x]\ncommand=a\n';
  const { supervisord, groups } = requireConfig(load('-n -e debug -l /tmp/b -u app --exit-on-fatal', text));
  assert.equal(supervisord.loglevel, 'debug');
  assert.equal(supervisord.nodaemon, true);
  assert.deepEqual(supervisord.logfile, { kind: 'file', path: '/tmp/b' });
  assert.deepEqual(supervisord.user, { name: 'app', uid: 1000, gid: 1001 });
  assert.equal(groups[0]?.processes[0]?.exit_on_fatal, true);
});

it('a path or user that does not exist is refused when the file is read', () => {
  const rows = [
    ['-d /nope', "invalid value for -d '/nope': /nope is not an existing directory"],
    ['-l /nope/x', "invalid value for -l '/nope/x': The directory named as part of the path /nope/x does not exist"],
    ['-u nope', 'Invalid user name nope'],
  ] as const;
  for (const [line, fatal] of rows) {
    const result = load(line, '[supervisord]\n');
    assert.equal(result.ok ? 'accepted' : result.fatal, fatal);
  }
});

describe('the configuration file is found', () => {
  const searched = [
    '/usr/etc/initvisor.conf',
    '/usr/etc/supervisord.conf',
    '/usr/initvisor.conf',
    '/usr/supervisord.conf',
    'initvisor.conf',
    'supervisord.conf',
    'etc/initvisor.conf',
    'etc/supervisord.conf',
    '/etc/initvisor.conf',
    '/etc/supervisord.conf',
    '/etc/supervisor/initvisor.conf',
    '/etc/supervisor/supervisord.conf',
  ];
  it('nowhere', () => {
    assert.deepEqual(findConfigFile(memorySource({}), '/usr/bin/initvisor'), { found: false, searched });
    assert.match(renderNotFound(['a', 'b']), /^No config file found at default paths \(a, b\); use the -c option/);
  });
  it('ours before theirs, an earlier place before a later one', () => {
    const find = (...paths: readonly string[]) =>
      findConfigFile(memorySource(Object.fromEntries(paths.map((path) => [path, '']))), '/usr/bin/initvisor');
    assert.deepEqual(find('/etc/supervisord.conf', '/etc/initvisor.conf'), {
      found: true,
      path: '/etc/initvisor.conf',
    });
    assert.deepEqual(find('/etc/initvisor.conf', '/work/supervisord.conf'), { found: true, path: 'supervisord.conf' });
  });
});
