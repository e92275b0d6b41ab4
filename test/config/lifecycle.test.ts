import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { ProcessConfig } from '../../src/config/config.ts';
import { renderResolved } from '../../src/config/render-resolved.ts';
import { loadText, requireConfig } from './sources.ts';

const program = (options: string) => `[program:x]\ncommand=a\n${options}\n`;

function read(options: string): ProcessConfig {
  const process = requireConfig(loadText(program(options))).groups[0]?.processes[0];
  assert.ok(process);
  return process;
}

type Key = keyof ProcessConfig;

describe('what a value means', () => {
  const rows: readonly (readonly [option: string, key: Key, value: unknown])[] = [
    ['oneshot=yes', 'oneshot', true],
    ['ready_timeout=0', 'ready_timeout', 0],
    ['ready_timeout= 2.5 ', 'ready_timeout', 2.5],
    ['health_interval=0.1', 'health_interval', 0.1],
    ['health_timeout=1', 'health_timeout', 1],
    ['health_retries=1', 'health_retries', 1],
    ['health_start_period=0', 'health_start_period', 0],
    ['health_action=Shutdown', 'health_action', 'shutdown'],
    ['backoff=EXPONENTIAL', 'backoff', 'exponential'],
    ['backoff_max=30', 'backoff_max', 30],
    ['restart_limit=5/60', 'restart_limit', { count: 5, windowMs: 60_000 }],
    ['restart_limit=5/60s', 'restart_limit', { count: 5, windowMs: 60_000 }],
    ['restart_limit= 1 / 0.5 m ', 'restart_limit', { count: 1, windowMs: 30_000 }],
    ['restart_limit=9/1h', 'restart_limit', { count: 9, windowMs: 3_600_000 }],
    ['memory_limit=512mb', 'memory_limit', 512 * 1024 ** 2],
    ['memory_limit=1048576', 'memory_limit', 1024 ** 2],
    ['schedule=*/5 * * * *', 'schedule', '*/5 * * * *'],
    ['schedule=30 */5 * * * MON-FRI', 'schedule', '30 */5 * * * MON-FRI'],
    ['schedule=@Daily', 'schedule', '@Daily'],
    ['schedule=0 0 29 2 *', 'schedule', '0 0 29 2 *'],
    ['schedule_overlap=Kill', 'schedule_overlap', 'kill'],
    ['ready_check=notify', 'ready_check', { kind: 'notify' }],
    ['ready_check=NOTIFY', 'ready_check', { kind: 'notify' }],
    ['ready_check=fd:3', 'ready_check', { kind: 'fd', fd: 3 }],
    ['ready_check=fd:255', 'ready_check', { kind: 'fd', fd: 255 }],
    ['ready_check=log: ready to .* connections', 'ready_check', { kind: 'log', pattern: 'ready to .* connections' }],
    ['ready_check=log:100%%', 'ready_check', { kind: 'log', pattern: '100%' }],
    ['ready_check=https://a.example/x?y=1', 'ready_check', { kind: 'http', url: 'https://a.example/x?y=1' }],
    ['ready_check=tcp://localhost:80', 'ready_check', { kind: 'tcp', host: 'localhost', port: 80 }],
    ['ready_check=TCP://[::1]:80/', 'ready_check', { kind: 'tcp', host: '::1', port: 80 }],
    ['ready_check=exec: test -e "/tmp/a b"', 'ready_check', { kind: 'exec', command: 'test -e "/tmp/a b"' }],
    ['health_check=exec:%(program_name)s', 'health_check', { kind: 'exec', command: 'x' }],
    ['pre_start=/bin/a %(process_num)d', 'pre_start', '/bin/a 0'],
    ['post_stop=/bin/b', 'post_stop', '/bin/b'],
    ['stopsignal=QUIT', 'stopsignal', [{ signal: 3, waitMs: null }]],
    [
      'stopsignal=TERM:10 int:0.5 KILL',
      'stopsignal',
      [
        { signal: 15, waitMs: 10_000 },
        { signal: 2, waitMs: 500 },
        { signal: 9, waitMs: null },
      ],
    ],
    ['stopsignal=TERM:7', 'stopsignal', [{ signal: 15, waitMs: 7000 }]],
    ['startretries=-1', 'startretries', -1],
  ];
  for (const [option, key, value] of rows) it(option, () => assert.deepEqual(read(option)[key], value));
});

describe('what a value cannot be is told where it stands, with what can', () => {
  const rows: readonly (readonly [option: string, text: string])[] = [
    ['oneshot=maybe', "not a valid boolean value: 'maybe'"],
    ['ready_timeout=10s', "not a number of seconds such as 10 or 0.5: '10s'"],
    ['ready_timeout=-1', "not a number of seconds such as 10 or 0.5: '-1'"],
    ['health_interval=0', "not a number of seconds above 0, such as 10 or 0.5: '0'"],
    ['health_timeout=', "not a number of seconds above 0, such as 10 or 0.5: ''"],
    ['health_retries=0', "not a whole number from 1 on: '0'"],
    ['health_action=kil', "not restart, shutdown or none: 'kil'"],
    ['health_action=restrat', "not restart, shutdown or none: 'restrat'; did you mean 'restart'?"],
    ['backoff=exp', "not linear or exponential: 'exp'; did you mean 'exponential'?"],
    ['backoff_max=1m', "not a number of seconds such as 10 or 0.5: '1m'"],
    ['restart_limit=5', "not a limit such as 5/60s: '5'"],
    ['restart_limit=0/60', "not a limit such as 5/60s: '0/60'"],
    ['restart_limit=5/0', "not a limit such as 5/60s: '5/0'"],
    ['restart_limit=5/60x', "not a limit such as 5/60s: '5/60x'"],
    ['memory_limit=512M', "not a size above 0, such as 512MB or 1GB: '512M'"],
    ['memory_limit=-1', "not a size above 0, such as 512MB or 1GB: '-1'"],
    [
      'schedule=* * * *',
      "not a cron expression: '* * * *'; write five fields (minute hour day month weekday), six with seconds first, or a name such as @daily",
    ],
    ['schedule=60 * * * *', "not a cron expression: '60 * * * *': Invalid value for minute: 60"],
    ['schedule=0 0 30 2 *', "cron expression '0 0 30 2 *' never comes due: there is no such day"],
    ['schedule=@dialy', "not a cron expression: '@dialy'; did you mean '@daily'?"],
    [
      'schedule=@never',
      "not a cron expression: '@never'; there are only @yearly, @annually, @monthly, @weekly, @daily, @midnight, @hourly",
    ],
    ['schedule_overlap=wait', "not skip, queue or kill: 'wait'"],
    [
      'ready_check=localhost:80',
      "not http://…, tcp://host:port, exec:COMMAND, notify, fd:N or log:REGEX: 'localhost:80'",
    ],
    ['ready_check=http://', "not a URL such as http://127.0.0.1:8080/: 'http://'"],
    ['ready_check=http://a:99999/', "not a URL such as http://127.0.0.1:8080/: 'http://a:99999/'"],
    ['ready_check=tcp:a:1', "not tcp://host:port, such as tcp://127.0.0.1:5432: 'tcp:a:1'"],
    ['ready_check=tcp://a:65536', '65536 is above upper bound (65535)'],
    ['ready_check=fd:2', "fd: needs a descriptor from 3 to 255, not '2'"],
    ['ready_check=exec: ', 'exec: needs a command'],
    ['ready_check=log:', 'log: needs a regular expression'],
    ['ready_check=log:(', 'Invalid regular expression: /(/: Unterminated group'],
    [
      'health_check=notify',
      "only a ready_check can be notify, not http://…, tcp://host:port or exec:COMMAND: 'notify'",
    ],
    ['stopsignal=TERM INT', "value 'TERM INT' needs seconds after each signal but the last: TERM:10 INT:5 KILL"],
    [
      'stopsignal=TERM:10, INT:5',
      "value 'TERM:10, INT:5' is not a list such as TERM:10 INT:5 KILL, with blanks between",
    ],
    ['stopsignal=FOO:1 KILL', "value 'FOO' is not a valid signal name"],
    ['stopsignal=TERM:x KILL', "not a number of seconds such as 10 or 0.5: 'x'"],
  ];
  for (const [option, text] of rows) {
    it(option, () => {
      const result = loadText(program(option));
      const problems = result.ok ? [] : result.problems;
      const key = option.slice(0, option.indexOf('='));
      assert.deepEqual(problems, [
        { severity: 'error', file: '/etc/s.conf', line: 3, section: 'program:x', key, text },
      ]);
    });
  }
});

describe('what a program does when the file does not say', () => {
  const rows: readonly (readonly [options: string, autostart: boolean, autorestart: string])[] = [
    ['', true, 'unexpected'],
    ['main=true', true, 'false'],
    ['oneshot=true', true, 'false'],
    ['oneshot=true\nautorestart=unexpected', true, 'unexpected'],
    ['schedule=@daily', false, 'false'],
    ['schedule=@daily\nautostart=true', true, 'false'],
    ['schedule=@daily\nautorestart=true', false, 'true'],
    ['schedule=@daily\noneshot=false', false, 'false'],
    ['main=true\nautorestart=true', true, 'true'],
  ];
  for (const [options, autostart, autorestart] of rows) {
    it(`${options.replaceAll('\n', ', ') || 'nothing at all'}: ${autostart ? '' : 'not '}started, restarted: ${autorestart}`, () => {
      const process = read(options);
      assert.deepEqual([process.autostart, process.autorestart], [autostart, autorestart]);
    });
  }
});

it('what is printed is read back as the same', () => {
  const options = [
    'oneshot=true',
    'stopsignal=TERM:10 INT:5 KILL',
    'restart_limit=5/1m',
    'schedule=@daily',
    'ready_check=tcp://[::1]:80',
    'health_check=exec:true -a "b c"',
    'memory_limit=1MB',
    'backoff=exponential',
    'backoff_max=2.5',
    'health_action=none',
  ].join('\n');
  const config = requireConfig(loadText(program(options)));
  const printed = renderResolved(config).replace('[x:x]', '[program:x]');
  const again = requireConfig(loadText(printed)).groups[0];
  assert.deepEqual(again?.processes[0], config.groups[0]?.processes[0]);
});
