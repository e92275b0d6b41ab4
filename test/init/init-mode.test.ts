import assert from 'node:assert/strict';
import { symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { setTimeout as pass } from 'node:timers/promises';
import { INITVISOR } from '../support/daemon.ts';
import { handlesTerm } from '../support/handles-term.ts';
import { OURS, runWith } from '../support/inits.ts';
import { missing } from '../support/requirements.ts';
import { startProgram } from '../support/run-program.ts';
import { RECORDED_SIGNALS, useRecorder } from '../support/signal-recorder.ts';
import { waitFor } from '../support/wait-for.ts';
import { sleepsOf, ticksOf } from '../support/wake-ups.ts';

const recorder = useRecorder();
const skipPid1 = missing('root', 'pid namespaces');

const REAL_TIME = 50;
const WATCHED_MS = 3000;

for (const asPid1 of [false, true]) {
  describe(`one command, ${asPid1 ? '' : 'not '}as PID 1`, { skip: asPid1 && skipPid1 }, () => {
    it('gets every signal of a burst, and a real-time one as often as it was sent', async (t) => {
      const program = startProgram(t, { words: runWith(OURS, recorder('command')), asPid1 });
      await program.waitForOutput(/ready/);
      // One that stops and SIGCONT would undo each other.
      const signals = RECORDED_SIGNALS.filter((signal) => signal !== 18);
      for (const signal of signals) program.signal(signal);
      for (let times = 1; times < REAL_TIME; times++) program.signal(34);
      for (const signal of signals) await program.waitForOutput(new RegExp(`=${signal}\n`));
      await waitFor(() => program.stdout().split('=34\n').length > REAL_TIME, 'the last real-time signal');
      assert.equal(program.stdout().split('=34\n').length - 1, REAL_TIME);
      assert.equal(program.stderr(), '');
    });

    it('is told of SIGTERM from the first moment on', async (t) => {
      for (let round = 0; round < 5; round++) {
        const program = startProgram(t, { words: runWith(OURS, ['sleep', '1000']), asPid1 });
        await waitFor(() => handlesTerm(program.pid()), 'the first handler');
        program.signal('SIGTERM');
        // Not being PID 1 it may die of it, as any program does before it has handlers.
        const status = await program.exited;
        assert.ok(status === 143 || (status === 'SIGTERM' && !asPid1), `${status}`);
      }
    });

    it('has the rest of its group asked to end, and waits for that, with -g', async (t) => {
      const rest = "(trap 'sleep 0.1; echo bye; exit' TERM; echo >up; while :; do sleep 0.02; done) &";
      const script = `${rest} until [ -e up ]; do sleep 0.01; done; exit 3`;
      const program = startProgram(t, { words: runWith(OURS, ['sh', '-c', script], '-g'), asPid1 });
      assert.equal(await program.exited, 3);
      assert.match(program.stdout(), /bye/);
      assert.doesNotMatch(program.stderr(), /initvisor/);
    });

    it('leaves no more of a wake-up behind than a signal', { timeout: 60_000 }, async (t) => {
      const program = startProgram(t, { words: runWith(OURS, ['sleep', '1000']), asPid1 });
      await waitFor(() => handlesTerm(program.pid()), 'the first handler');
      const pid = program.pid();
      await waitFor(async () => {
        const before = sleepsOf(pid);
        await pass(500);
        return sleepsOf(pid) === before;
      }, 'half a quiet second');
      const before = [sleepsOf(pid), ticksOf(pid)];
      await pass(WATCHED_MS);
      assert.deepEqual([sleepsOf(pid), ticksOf(pid)], before);
    });
  });
}

interface Said {
  readonly what: string;
  readonly words: readonly string[];
  readonly status: number;
  readonly stdout?: RegExp;
  readonly stderr?: RegExp;
}

const NOTHING = /^$/;

const SAYINGS: readonly Said[] = [
  { what: 'nothing when all is well', words: ['--', 'true'], status: 0 },
  {
    what: 'what is left running',
    // It has to be a sleep by then.
    words: ['--', 'sh', '-c', 'sleep 5 & sleep 0.3'],
    status: 0,
    stderr: /^initvisor: left running: \d+ \(sleep\)\n$/,
  },
  {
    what: 'nothing of that with -e and its like in a word of the command',
    words: ['--', 'echo', '-h'],
    status: 0,
    stdout: /^-h\n$/,
  },
  {
    what: 'that a command is not there',
    words: ['--', 'nope'],
    status: 127,
    stderr: /^initvisor: cannot run nope: not found in PATH \(ENOENT\)\n$/,
  },
  {
    what: 'that a file is not there',
    words: ['--', './nope'],
    status: 127,
    stderr: /cannot run \.\/nope: no such file/,
  },
  {
    what: 'that it may not be executed',
    words: ['--', '/etc/passwd'],
    status: 126,
    stderr: /cannot run \/etc\/passwd: no permission/,
  },
  {
    what: 'what it does with -vv',
    words: ['-vv', '--', 'sh', '-c', '(:) & exit 4'],
    status: 4,
    stderr: /started sh with pid (\d+)\n(.*reaped .*\n)?initvisor: sh ended: exit status 4\n/,
  },
  {
    what: 'which orphans end, with -w',
    words: ['-w', '--', 'sh', '-c', '(sh -c "exit 5" &); sleep 0.3'],
    status: 0,
    stderr: /^initvisor: reaped \d+ \(exit status 5\)\n$/,
  },
  {
    what: 'the flags',
    words: ['-h', '--'],
    status: 0,
    stdout: /^Usage: initvisor \[flags\] -- COMMAND.*--single-child/s,
  },
  { what: 'the version', words: ['--version', '--'], status: 0, stdout: /^\d+\.\d+\.\d+\n$/ },
  {
    what: 'what is wrong with a flag',
    words: ['-e', 'x', '--', 'true'],
    status: 1,
    stderr: /^initvisor: -e needs an exit status[^\n]*\nUsage: .*`initvisor -h --` lists the flags\n$/,
  },
  {
    what: 'that there is no command',
    words: ['-g', '--'],
    status: 1,
    stderr: /^initvisor: there is no command to run\n/,
  },
  {
    what: 'that a flag of its own needs --',
    words: ['-g', 'true'],
    status: 2,
    stderr: /^Error: option -g not recognized\nTo run one command as an init, use initvisor \[flags\] -- COMMAND/,
  },
  {
    what: 'that a command needs --',
    words: ['true'],
    status: 2,
    stderr: /not supported: \['true'\]\nTo run one command/,
  },
  {
    what: 'nothing of that for a mistake of the daemon’s',
    words: ['-c'],
    status: 2,
    stderr: /^Error: option -c requires argument\nFor help/,
  },
  {
    what: 'as ever when a name of ours is the command',
    words: ['--', 'check'],
    status: 127,
    stderr: /cannot run check/,
  },
  { what: 'that the daemon has no use for --', words: ['check', '--', 'true'], status: 2, stderr: /true/ },
];

describe('initvisor says', () => {
  for (const { what, words, status, stdout = NOTHING, stderr = NOTHING } of SAYINGS) {
    it(`${what}: ${words.join(' ')}`, async (t) => {
      // Of a folder on PATH that may not be looked into, nobody can say what is not there: that is 126.
      const env = { PATH: '/usr/local/bin:/usr/bin:/bin' };
      const program = startProgram(t, { words: [...OURS.words, ...words], env });
      assert.equal(await program.ended, status, program.stderr());
      await waitFor(() => stdout.test(program.stdout()), `${stdout}`, undefined, program.stdout);
      await waitFor(() => stderr.test(program.stderr()), `${stderr}`, undefined, program.stderr);
    });
  }
});

describe('under the name of', () => {
  for (const name of ['tini', 'dumb-init']) {
    for (const words of [['true'], ['--', 'true'], ['-v', 'true']]) {
      it(`${name} it is one: ${words.join(' ')}`, async (t) => {
        const program = startProgram(t, {
          words: [process.execPath, `./${name}`, ...words],
          prepare: (dir) => symlinkSync(INITVISOR, join(dir, name)),
        });
        assert.equal(await program.exited, 0, program.stderr());
      });
    }
  }

  it('supervisord it is none', async (t) => {
    const program = startProgram(t, {
      words: [process.execPath, './supervisord', '--', 'true'],
      prepare: (dir) => symlinkSync(INITVISOR, join(dir, 'supervisord')),
    });
    assert.equal(await program.exited, 2);
    assert.match(program.stderr(), /positional arguments are not supported: \['true'\]\nFor help/);
  });
});
