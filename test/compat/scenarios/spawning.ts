import { awaitLine, running, type Scenario } from '../scenario.ts';

/** Title, options, more files, more rows' needs. */
const failing = (name: string, options: string, more: Partial<Scenario> = {}): Scenario => ({
  name,
  config: `[program:x]\n${options}\nstartretries=1\nstderr_logfile=%DIR%/err.log\n`,
  script: [awaitLine(/gave up: x /)],
  ...more,
});

/** The child is there for a moment, so that its end is reported as an exit; 10 s let nobody take it for a start. */
const child = (name: string, options: string, more: Partial<Scenario> = {}): Scenario =>
  failing(name, `${options}\nstartsecs=10`, { observe: ['err.log'], ...more });

export const SPAWN_SCENARIOS: readonly Scenario[] = [
  failing('a command that is nowhere in PATH', 'command=no-such-command-here a b'),
  failing('a path that does not exist', 'command=%DIR%/nothing'),
  failing('a relative path that does not exist', 'command=./nothing'),
  failing('a directory as command', 'command=%DIR%/logs'),
  failing('a command that is not executable', 'command=%DIR%/plain', { files: { plain: 'text' } }),
  failing('a command with an open quote', 'command=sleep "1000'),
  failing('a command that ends in a backslash', 'command=sleep 1000\\'),
  failing('an empty command', 'command='),
  failing('an empty word as command', 'command=""'),
  failing('a command of blanks', 'command=%(ENV_BLANK)s', { env: { BLANK: ' ' } }),
  failing('a PATH of the program without the command', 'command=sleep 1000\nenvironment=PATH="/nowhere:%DIR%"'),
  failing('a log that is a directory', 'command=sleep 1000\nstdout_logfile=%DIR%/logs'),
  failing('no permission to run the command', 'command=%DIR%/private', {
    config: `[supervisord]\nuser=nobody\n[program:x]\ncommand=%DIR%/private\nstartretries=0\n`,
    files: { private: '#!/bin/sh\n' },
    modes: { '.': 0o777, logs: 0o777, private: 0o700 },
    needs: ['root'],
  }),
  child('a directory that does not exist', 'command=sleep 1000\ndirectory=%DIR%/nowhere'),
  child('a directory that is a file', 'command=sleep 1000\ndirectory=%DIR%/plain', { files: { plain: 'text' } }),
  child('a file that is no program', 'command=%DIR%/plain', { files: { plain: 'text' }, modes: { plain: 0o755 } }),
  child('a script whose interpreter is missing', 'command=%DIR%/script', { files: { script: '#!/no/such/shell\n' } }),
  child('another user without the right to become it', 'command=sleep 1000\nuser=daemon', {
    config:
      '[supervisord]\nuser=nobody\n[program:x]\ncommand=sleep 1000\nuser=daemon\nstartsecs=10\nstartretries=0\nstderr_logfile=%DIR%/err.log\n',
    modes: { '.': 0o777, logs: 0o777 },
    needs: ['root'],
  }),
  child(
    'a failure of the child with redirect_stderr',
    'command=%DIR%/plain\nredirect_stderr=true\nstdout_logfile=%DIR%/out.log',
    {
      files: { plain: 'text' },
      modes: { plain: 0o755 },
      observe: ['out.log', 'err.log'],
    },
  ),
  {
    name: 'a PATH of the program with the command',
    config: '[program:x]\ncommand=own a\nenvironment=PATH="%DIR%:/usr/bin:/bin"\n',
    files: { own: '#!/bin/sh\nexec sleep 1000\n' },
    script: [running('x')],
  },
  {
    name: 'words of the command',
    config: `[program:x]\ncommand=%DIR%/words "a b" c\\ d 'e "f"' "" g""h 100%%\nstdout_logfile=%DIR%/out.log\n`,
    files: { words: '#!/bin/sh\nfor word in "$0" "$@"; do echo "<$word>"; done\nexec sleep 1000\n' },
    script: [running('x')],
    observe: ['out.log'],
  },
];
