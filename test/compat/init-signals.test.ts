import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { DUMB_INIT, INITS, type Init, OURS, runWith, TINI } from '../support/inits.ts';
import { startProgram } from '../support/run-program.ts';
import { RECORDED_SIGNALS, useRecorder } from '../support/signal-recorder.ts';

/** Faults that tini does not hand on, and what it takes for itself. */
const NOT_TINIS: ReadonlySet<number> = new Set([4, 5, 6, 7, 8, 11, 21, 22, 31]);
/** dumb-init makes SIGSTOP of those that stop from a terminal, and knows no signal beyond 31. */
const NOT_DUMB_INITS: ReadonlySet<number> = new Set([20, 21, 22]);

function handedOn({ name }: Init): readonly number[] {
  if (name === 'tini') return RECORDED_SIGNALS.filter((signal) => !NOT_TINIS.has(signal));
  if (name === 'dumb-init') return RECORDED_SIGNALS.filter((signal) => signal <= 31 && !NOT_DUMB_INITS.has(signal));
  return RECORDED_SIGNALS;
}

const recorder = useRecorder();

/** What is sent, and what the command and another process of its group tell. */
interface GroupRow {
  readonly init: Init;
  readonly flags: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  readonly sent: number;
  readonly told: readonly string[];
}

const ROWS: readonly GroupRow[] = [
  ...[OURS, TINI].flatMap((init): GroupRow[] => [
    { init, flags: [], sent: 15, told: ['command=15'] },
    { init, flags: ['-g'], sent: 15, told: ['command=15', 'other=15'] },
    { init, flags: [], env: { TINI_KILL_PROCESS_GROUP: '' }, sent: 1, told: ['command=1', 'other=1'] },
  ]),
  { init: DUMB_INIT, flags: [], sent: 15, told: ['command=15', 'other=15'] },
  ...[OURS, DUMB_INIT].flatMap((init): GroupRow[] => [
    { init, flags: ['-c'], sent: 15, told: ['command=15'] },
    { init, flags: [], env: { DUMB_INIT_SETSID: '0' }, sent: 2, told: ['command=2'] },
    { init, flags: ['-c', '-r', '15:3'], sent: 15, told: ['command=3'] },
    { init, flags: ['-c', '--rewrite=1:15', '--rewrite=15:1'], sent: 1, told: ['command=15'] },
  ]),
  { init: OURS, flags: ['-g', '-r', 'TERM:RTMIN+2'], sent: 15, told: ['command=36', 'other=36'] },
];

describe('signals of every kind reach the command, one by one', () => {
  for (const init of INITS) {
    it(`with ${init.name}`, { skip: init.skip, timeout: 60_000 }, async (t) => {
      const program = startProgram(t, { words: runWith(init, recorder('command')) });
      await program.waitForOutput(/ready/);
      for (const signal of handedOn(init)) {
        program.signal(signal);
        await program.waitForOutput(new RegExp(`=${signal}\n`));
      }
      assert.equal(
        program.stdout(),
        `command is ready\n${handedOn(init)
          .map((signal) => `command=${signal}\n`)
          .join('')}`,
      );
    });
  }
});

describe('a signal goes to', () => {
  for (const { init, flags, env = {}, sent, told } of ROWS) {
    const how = [...Object.entries(env).map((pair) => pair.join('=')), init.name, ...flags].join(' ');
    it(`${told.join(' and ')} for ${sent} with ${how}`, { skip: init.skip }, async (t) => {
      const program = startProgram(t, { words: runWith(init, recorder('command', 'other'), ...flags), env });
      await program.waitForOutput(/command is ready/);
      await program.waitForOutput(/other is ready/);
      program.signal(sent);
      // Whatever else would have been told stands before the answers to a second one.
      for (const line of told) await program.waitForOutput(new RegExp(`${line}\n`));
      program.signal('SIGUSR2');
      for (const line of told) await program.waitForOutput(new RegExp(line.replace(/=.*/, '=12')));
      const lines = program
        .stdout()
        .split('\n')
        .filter((line) => /=/.test(line) && !line.endsWith('=12'));
      assert.deepEqual(lines.sort(), told);
    });
  }

  for (const init of [OURS, DUMB_INIT]) {
    it(`nobody when it is dropped, with ${init.name}`, { skip: init.skip }, async (t) => {
      const words = runWith(init, recorder('command'), '-c', '-r', '15:0');
      const program = startProgram(t, { words });
      await program.waitForOutput(/ready/);
      program.signal('SIGTERM');
      program.signal('SIGUSR2');
      await program.waitForOutput(/command=12/);
      assert.equal(program.stdout(), 'command is ready\ncommand=12\n');
    });
  }
});

describe('when the parent dies', () => {
  for (const init of [OURS, TINI]) {
    it(`the command gets the signal of -p, with ${init.name}`, { skip: init.skip }, async (t) => {
      const words = runWith(init, recorder('command'), '-p', 'SIGUSR1');
      const program = startProgram(t, { words: ['sh', '-c', '"$@" & read line; exit 0', 'sh', ...words], stdin: true });
      await program.waitForOutput(/ready/);
      program.child.stdin?.end('go on\n');
      await program.waitForOutput(/command=10/);
    });
  }
});
