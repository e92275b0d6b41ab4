import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { ROOT } from '../support/daemon.ts';

const EVENT = 'ver:3.0 server:s serial:1 pool:p poolserial:1 eventname:TICK_60 len:7\nwhen:60';
const SERVER = { SUPERVISOR_ENABLED: '1', SUPERVISOR_SERVER_URL: 'unix:///nowhere/initvisor.sock' };
const BATCH = ['-t', 'a@b', '-f', 'c@d'];
const GETOPT = ['httpok', 'memmon', 'crashmail'];
const OPTPARSE = ['crashmailbatch', 'fatalmailbatch', 'crashsms'];
const NEEDED: Readonly<Record<string, readonly string[]>> = {
  httpok: ['http://x'],
  memmon: ['-a', '1'],
  crashmail: [],
};

function run(name: string, words: readonly string[], env: Readonly<Record<string, string>> = {}, input = '') {
  const file = join(ROOT, 'dist', `${name}.cjs`);
  return spawnSync(process.execPath, [file, ...words], {
    encoding: 'utf8',
    input,
    env: { PATH: process.env.PATH, ...env },
  });
}

const wordsOf = (name: string) => NEEDED[name] ?? BATCH;

describe('the programs', () => {
  for (const name of [...GETOPT, ...OPTPARSE]) {
    it(`${name} prints its help and ends with 0`, () => {
      for (const word of ['-h', '--help']) {
        const { status, stdout, stderr } = run(name, [word]);
        assert.deepEqual([status, stderr], [0, '']);
        assert.match(stdout, new RegExp(`^Usage: ${name} [\\s\\S]*\n  -h, --help  `));
      }
    });

    it(`${name} does not run without a daemon`, () => {
      const { status, stdout, stderr } = run(name, wordsOf(name));
      assert.deepEqual([status, stdout, stderr], [1, '', `${name} must be run as a supervisor event listener\n`]);
    });

    it(`${name} accepts an event and ends with its input`, () => {
      const { status, stdout } = run(name, wordsOf(name), SERVER, EVENT);
      assert.deepEqual([status, stdout], [0, 'READY\nRESULT 2\nOKREADY\n']);
    });
  }

  for (const name of GETOPT) {
    it(`${name} ends a wrong command line with 255`, () => {
      const { status, stdout, stderr } = run(name, ['--nonsense'], SERVER);
      assert.deepEqual([status, stderr], [255, '']);
      assert.match(stdout, new RegExp(`^option --nonsense not recognized\nUsage: ${name} `));
    });
  }

  for (const name of OPTPARSE) {
    it(`${name} ends a wrong option with 2, and a missing one with 1`, () => {
      const wrong = run(name, ['--nonsense'], SERVER);
      assert.deepEqual([wrong.status, wrong.stdout], [2, '']);
      assert.equal(wrong.stderr, `Usage: ${name} [options]\n\n${name}: error: option --nonsense not recognized\n`);
      const missing = run(name, ['-t', 'a@b'], SERVER);
      assert.deepEqual([missing.status, missing.stderr], [1, `${name}: error: option --fromEmail is required\n`]);
      assert.match(missing.stdout, new RegExp(`^Usage: ${name} \\[options\\]\n`));
    });
  }

  // program, environment, what is said
  for (const [name, env, told] of [
    [
      'memmon',
      { SUPERVISOR_ENABLED: '1' },
      'memmon needs a control server: add [unix_http_server] to the configuration',
    ],
    ['httpok', { SUPERVISOR_SERVER_URL: 'ftp://x' }, 'httpok cannot call ftp://x: neither an http nor a unix URL'],
  ] as const) {
    it(`${name} says what is missing: ${told}`, () => {
      const { status, stderr } = run(name, wordsOf(name), env);
      assert.deepEqual([status, stderr], [1, `${told}\n`]);
    });
  }

  it('without a server those run that need none', () => {
    for (const name of ['crashmail', ...OPTPARSE]) {
      assert.equal(run(name, wordsOf(name), { SUPERVISOR_ENABLED: '1' }, EVENT).stdout, 'READY\nRESULT 2\nOKREADY\n');
    }
  });

  it('memmon and httpok want at least an option', () => {
    for (const name of ['memmon', 'httpok']) {
      const { status, stdout } = run(name, [], SERVER);
      assert.equal(status, 255);
      assert.match(stdout, new RegExp(`^Usage: ${name} `));
    }
  });

  it('say what they could not read, and that the daemon does not answer', () => {
    const { stderr } = run('memmon', ['-a', '1'], SERVER, EVENT);
    assert.match(stderr, /^Checking any=1\nException retrieving process info connect ENOENT .*, not acting\n$/);
    const { status, stdout } = run('httpok', ['--cacert', '/nowhere', 'https://x'], SERVER);
    assert.equal(status, 255);
    assert.match(stdout, /^cannot read \/nowhere: ENOENT.*\nUsage: /);
  });
});
