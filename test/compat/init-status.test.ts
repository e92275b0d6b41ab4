import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import { DUMB_INIT, INITS, type Init, OURS, runWith, TINI } from '../support/inits.ts';
import { startProgram } from '../support/run-program.ts';
import { RECORDED_SIGNALS } from '../support/signal-recorder.ts';

const AT_ONCE = 8;
const STATUSES = Array.from({ length: 256 }, (_, status) => status);

/** Runs what is told of each item, a few at a time; results in the order of the items. */
async function mapSome<T, R>(items: readonly T[], run: (item: T) => Promise<R>): Promise<R[]> {
  const results: R[] = [];
  let next = 0;
  async function work(): Promise<void> {
    for (let index = next++; index < items.length; index = next++) {
      const item = items[index];
      if (item !== undefined) results[index] = await run(item);
    }
  }
  await Promise.all(Array.from({ length: AT_ONCE }, work));
  return results;
}

const statusOf = (t: TestContext, words: readonly string[], env: Readonly<Record<string, string>> = {}) =>
  startProgram(t, { words, env }).exited;

interface StatusRow {
  readonly what: string;
  readonly command: readonly string[];
  readonly flags?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  readonly status: number;
  /** Where they differ. */
  readonly upstream?: Partial<Record<Init['name'], number>>;
  readonly inits?: readonly Init[];
}

const TINIS = [OURS, TINI];

const ROWS: readonly StatusRow[] = [
  { what: 'a command that is not there', command: ['no-such-command'], status: 127, upstream: { 'dumb-init': 2 } },
  { what: 'a path that is not there', command: ['/no/such/file'], status: 127, upstream: { 'dumb-init': 2 } },
  { what: 'an empty name', command: [''], status: 127, upstream: { 'dumb-init': 2 } },
  { what: 'no program', command: ['/etc/passwd'], status: 126, upstream: { 'dumb-init': 2 } },
  { what: 'a directory', command: ['/etc'], status: 126, upstream: { 'dumb-init': 2 } },
  { what: 'a path through a file', command: ['/etc/passwd/x'], status: 1, upstream: { 'dumb-init': 2 } },
  { what: 'a script without an interpreter', command: ['./plain', '5'], status: 5 },
  { what: 'a script whose interpreter is not there', command: ['./lost'], status: 127, upstream: { 'dumb-init': 2 } },
  { what: 'PATH that is empty', command: ['plain', '6'], env: { PATH: '' }, status: 6 },
  { what: 'PATH with a directory that is none', command: ['sh', '-c', 'exit 4'], env: { PATH: '/x:/bin' }, status: 4 },
  { what: 'PATH with a file that is no program', command: ['tool', '3'], env: { PATH: './no:./yes' }, status: 3 },
  { what: 'PATH with nothing but that', command: ['tool'], env: { PATH: './no' }, status: 126, inits: TINIS },
  { what: 'no command', command: [], status: 1 },
  { what: 'a flag that nobody knows', command: ['true'], flags: ['-x'], status: 1 },
  { what: '-e of another status', command: ['sh', '-c', 'exit 3'], flags: ['-e', '4'], status: 3, inits: TINIS },
  { what: '-e of its status', command: ['sh', '-c', 'exit 3'], flags: ['-e', '4', '-e', '3'], status: 0, inits: TINIS },
  { what: '-e after a signal', command: ['sh', '-c', 'kill $$'], flags: ['-e', '143'], status: 0, inits: TINIS },
  { what: '-e of a failed start', command: ['/no/such/file'], flags: ['-e', '127'], status: 0, inits: TINIS },
  { what: '-e beyond 255', command: ['true'], flags: ['-e', '256'], status: 1, inits: TINIS },
  { what: '-e of a word', command: ['true'], flags: ['-e', 'x'], status: 1, inits: TINIS },
  { what: '-p of no signal', command: ['true'], flags: ['-p', 'SIGNAL'], status: 1, inits: TINIS },
  { what: '-r of no signals', command: ['true'], flags: ['-r', 'x'], status: 1, inits: [OURS, DUMB_INIT] },
  { what: '-h', command: ['false'], flags: ['-h'], status: 0 },
  { what: '-l', command: ['false'], flags: ['-l'], status: 0, inits: TINIS },
  { what: '-V', command: ['false'], flags: ['-V'], status: 0, inits: [OURS, DUMB_INIT] },
];

function prepare(dir: string): void {
  const files: readonly (readonly [string, string, number])[] = [
    ['plain', 'exit $1\n', 0o755],
    ['lost', '#!/no/such/interpreter\n', 0o755],
    ['no/tool', '', 0o644],
    ['yes/tool', '#!/bin/sh\nexit $1\n', 0o755],
  ];
  for (const folder of ['no', 'yes']) mkdirSync(join(dir, folder));
  for (const [name, text, mode] of files) writeFileSync(join(dir, name), text, { mode });
}

for (const init of INITS) {
  describe(`as ${init.name} does, the exit status`, { skip: init.skip }, () => {
    it('is each of the 256 that a command can end with', { timeout: 120_000 }, async (t) => {
      const statuses = await mapSome(STATUSES, (status) => statusOf(t, runWith(init, ['sh', '-c', `exit ${status}`])));
      assert.deepEqual(statuses, STATUSES);
    });

    it('is 128 + n after each signal that ends a command', { timeout: 120_000 }, async (t) => {
      const deadly = RECORDED_SIGNALS.filter((signal) => ![18, 20, 21, 22, 23, 28].includes(signal));
      const statuses = await mapSome([...deadly, 9], (signal) =>
        statusOf(t, runWith(init, ['sh', '-c', `ulimit -c 0; kill -${signal} $$`])),
      );
      assert.deepEqual(
        statuses,
        [...deadly, 9].map((signal) => 128 + signal),
      );
    });
  });
}

/** A folder that may not be searched makes a command one without permission. */
const READABLE_PATH = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';

describe('the exit status of one command', () => {
  for (const { what, command, flags = [], env = {}, status, upstream = {}, inits = INITS } of ROWS) {
    for (const init of inits) {
      const expected = upstream[init.name] ?? status;
      it(`is ${expected} for ${what}, with ${init.name}`, { skip: init.skip }, async (t) => {
        const program = startProgram(t, {
          ...{ words: runWith(init, command, ...flags), prepare },
          env: { PATH: READABLE_PATH, ...env },
        });
        assert.equal(await program.exited, expected, program.stderr());
        if (expected !== 0 && expected < 3) assert.notEqual(program.stderr(), '');
      });
    }
  }
});
