import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { type InitContext, type InitOptions, parseInitCommandLine } from '../../src/init/command-line.ts';

interface Case {
  readonly words: string;
  readonly env?: InitContext['env'];
  readonly program?: string;
}

const DEFAULTS: InitOptions = {
  command: ['cmd'],
  delivery: 'child',
  rewrites: new Map(),
  successStatuses: new Set(),
  pdeathsig: null,
  needsSubreaper: false,
  warnsOfOrphans: false,
  verbosity: 1,
};

const parse = ({ words, env = {}, program = 'initvisor' }: Case) =>
  parseInitCommandLine(words.split(' '), { env, program });

const UNDERSTOOD: readonly (readonly [Case, Partial<InitOptions>])[] = [
  [{ words: '-- cmd' }, {}],
  [{ words: '-- cmd -g -- -e 5' }, { command: ['cmd', '-g', '--', '-e', '5'] }],
  [{ words: '-- check' }, { command: ['check'] }],
  [{ words: '-- -- x' }, { command: ['--', 'x'] }],
  [{ words: '-s -- cmd' }, { needsSubreaper: true }],
  [{ words: '-sg -- cmd' }, { needsSubreaper: true, delivery: 'group' }],
  [{ words: '-wvv -- cmd' }, { warnsOfOrphans: true, verbosity: 3 }],
  [{ words: '-v --verbose -- cmd' }, { verbosity: 3 }],
  [{ words: '-e 143 -- cmd' }, { successStatuses: new Set([143]) }],
  [{ words: '-e143 -e 0 -- cmd' }, { successStatuses: new Set([143, 0]) }],
  [{ words: '-p SIGKILL -- cmd' }, { pdeathsig: 9 }],
  [{ words: '-gp term -- cmd' }, { pdeathsig: 15, delivery: 'group' }],
  [{ words: '-p 10 -- cmd' }, { pdeathsig: 10 }],
  [{ words: '-r 15:3 -- cmd' }, { rewrites: new Map([[15, 3]]) }],
  [
    { words: '-r 15:0 --rewrite=1:15 -- cmd' },
    {
      rewrites: new Map([
        [15, 0],
        [1, 15],
      ]),
    },
  ],
  [
    { words: '-r TERM:SIGQUIT --rewrite RTMIN+3:0 -- cmd' },
    {
      rewrites: new Map([
        [15, 3],
        [37, 0],
      ]),
    },
  ],
  [{ words: '-r 15:3 -r 15:2 -- cmd' }, { rewrites: new Map([[15, 2]]) }],
  [{ words: '-c -- cmd' }, { delivery: 'shared' }],
  [{ words: '--single-child -- cmd' }, { delivery: 'shared' }],
  [{ words: '-c -g -- cmd' }, { delivery: 'group' }],
  [{ words: '-g -c -- cmd' }, { delivery: 'shared' }],
  [{ words: '-- cmd', env: { TINI_SUBREAPER: '' } }, { needsSubreaper: true }],
  [{ words: '-- cmd', env: { TINI_KILL_PROCESS_GROUP: '0' } }, { delivery: 'group' }],
  [{ words: '-vvv -- cmd', env: { TINI_VERBOSITY: '0' } }, { verbosity: 0 }],
  [{ words: '-- cmd', env: { DUMB_INIT_SETSID: '0' } }, { delivery: 'shared' }],
  [{ words: '-- cmd', env: { DUMB_INIT_SETSID: '1' } }, {}],
  [{ words: '-g -- cmd', env: { DUMB_INIT_SETSID: '0' } }, { delivery: 'group' }],
  [{ words: '-- cmd', env: { DUMB_INIT_SETSID: '0', TINI_KILL_PROCESS_GROUP: '' } }, { delivery: 'group' }],
  [{ words: '-- cmd', env: { DUMB_INIT_DEBUG: '1' } }, { verbosity: 3 }],
  [{ words: '-- cmd', env: { DUMB_INIT_DEBUG: 'yes' } }, {}],
  [
    { words: '-g cmd -c', program: 'tini' },
    { delivery: 'group', command: ['cmd', '-c'] },
  ],
  [{ words: 'cmd -- x', program: 'tini' }, { command: ['cmd', '--', 'x'] }],
  [{ words: '-- cmd', program: 'tini' }, {}],
  [{ words: 'cmd', program: 'dumb-init' }, { delivery: 'group' }],
  [{ words: '-c cmd', program: 'dumb-init' }, { delivery: 'shared' }],
  [{ words: 'cmd', program: 'dumb-init', env: { DUMB_INIT_SETSID: '0' } }, { delivery: 'shared' }],
];

const REFUSED: readonly (readonly [Case, string])[] = [
  [{ words: '--' }, 'there is no command to run'],
  [{ words: '-g --' }, 'there is no command to run'],
  [{ words: '-g', program: 'tini' }, 'there is no command to run'],
  [{ words: '-x -- cmd' }, 'option -x not recognized'],
  [{ words: '-gx -- cmd' }, 'option -x not recognized'],
  [{ words: '--nonsense -- cmd' }, 'option --nonsense not recognized'],
  [{ words: '-g foo -- cmd' }, "'foo' stands before --, where only flags may"],
  [{ words: '-c file.conf -- cmd' }, "'file.conf' stands before --, where only flags may"],
  [{ words: '-e 256 -- cmd' }, "-e needs an exit status from 0 to 255, not '256'"],
  [{ words: '-e -1 -- cmd' }, "-e needs an exit status from 0 to 255, not '-1'"],
  [{ words: '-e one -- cmd' }, "-e needs an exit status from 0 to 255, not 'one'"],
  [{ words: '-p -- cmd' }, "-p needs a signal, as in -p SIGTERM, not '--'"],
  [{ words: '-p SIGNAL -- cmd' }, "-p needs a signal, as in -p SIGTERM, not 'SIGNAL'"],
  [{ words: '-p 0 -- cmd' }, "-p needs a signal, as in -p SIGTERM, not '0'"],
  [{ words: '-p 65 -- cmd' }, "-p needs a signal, as in -p SIGTERM, not '65'"],
  ...['15', '15:', ':15', '0:15', '15:3:2', '15:NO', '65:1'].map(
    (text) =>
      [
        { words: `-r ${text} -- cmd` },
        `-r needs two signals, as in -r 15:3 or -r TERM:QUIT, or 0 to drop one (-r 1:0), not '${text}'`,
      ] as const,
  ),
  [{ words: '-r' }, 'option -r requires argument'],
  [{ words: '-- cmd', env: { TINI_VERBOSITY: 'loud' } }, "TINI_VERBOSITY needs a number from 0 to 3, not 'loud'"],
];

const INSTEAD: readonly (readonly [string, string])[] = [
  ['-h -- cmd', 'help'],
  ['--help --', 'help'],
  ['-V --', 'version'],
  ['--version -- cmd', 'version'],
  ['-l --', 'license'],
];

const nameOf = ({ words, env, program = 'initvisor' }: Case): string =>
  `${Object.entries(env ?? {}).map(([name, value]) => `${name}=${value} `)}${program} ${words}`;

describe('the command line of init mode', () => {
  for (const [given, expected] of UNDERSTOOD) {
    it(`takes: ${nameOf(given)}`, () => {
      assert.deepEqual(parse(given), { kind: 'run', options: { ...DEFAULTS, ...expected } });
    });
  }
  for (const [given, message] of REFUSED) {
    it(`refuses: ${nameOf(given)}`, () => {
      const parsed = parse(given);
      assert.equal(parsed.kind, 'error');
      assert.equal(parsed.kind === 'error' && parsed.message, message);
    });
  }
  for (const [words, kind] of INSTEAD) {
    it(`answers with ${kind}: initvisor ${words}`, () => {
      assert.equal(parse({ words }).kind, kind);
    });
  }
});
