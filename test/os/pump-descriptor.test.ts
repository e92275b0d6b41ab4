import assert from 'node:assert/strict';
import { type ChildProcess, execSync, type StdioOptions, spawn } from 'node:child_process';
import { createHash, type Hash } from 'node:crypto';
import { once } from 'node:events';
import { constants, createReadStream, existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Readable } from 'node:stream';
import { after, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { createPumpWorld } from './pump-fixtures/pump-world.ts';

const world = createPumpWorld();
const { native, path } = world;
const fixture = join(dirname(fileURLToPath(import.meta.url)), 'pump-fixtures', 'stdout-child.ts');
const hasScript = existsSync('/usr/bin/script');

after(() => world.close());

interface Child {
  readonly child: ChildProcess;
  readonly stdout: Readable;
  readonly exit: Promise<unknown[]>;
  told(step: number): Promise<Record<string, unknown>>;
}

type Kind = 'pipe' | 'socket' | 'terminal';

let runs = 0;

function start(scenario: string, kind: Kind): Child {
  const prefix = path(`${scenario}-${runs++}`);
  // Not 1 where it can be helped: Node makes its stdout non-blocking, and the pump must not need that.
  const descriptor = kind === 'terminal' ? 1 : 3;
  const argv = [process.execPath, '--import', 'tsx', fixture, scenario, prefix, `${descriptor}`];
  // A terminal whose program, script(1), is stuck as long as nobody reads its own output.
  const command = kind === 'terminal' ? ['/usr/bin/script', '-qfec', argv.join(' '), '/dev/null'] : argv;
  const [readFd, writeFd] = kind === 'pipe' ? native.pipe(false, false) : [-1, -1];
  const target = kind === 'pipe' ? writeFd : 'pipe';
  const stdio: StdioOptions =
    descriptor === 1 ? ['ignore', target, 'inherit'] : ['ignore', 'ignore', 'inherit', target];
  const child = spawn(command[0] ?? '', command.slice(1), { stdio });
  if (kind === 'pipe') native.close(writeFd);
  const stdout = kind === 'pipe' ? createReadStream('', { fd: readFd }) : (child.stdio[descriptor] as Readable);
  return {
    child,
    stdout,
    exit: once(child, 'exit'),
    async told(step) {
      await world.waitFor(`${scenario} ${step}`, () => existsSync(`${prefix}.${step}`));
      return JSON.parse(readFileSync(`${prefix}.${step}`, 'utf8'));
    },
  };
}

const kinds: Kind[] = ['pipe', 'socket', 'terminal'];

for (const kind of kinds) {
  const skip = kind === 'terminal' && !hasScript ? 'needs script(1)' : false;

  test(`an unread stdout that is a ${kind} blocks its own stream only, and drops whole lines beyond the limit`, {
    skip,
  }, async () => {
    const { stdout, exit, told } = start('unread', kind);
    const facts = await told(1);
    const [before, later] = facts.flags as string[];
    assert.equal(before, later);
    assert.equal(Number.parseInt(before ?? '', 8) & constants.O_NONBLOCK, 0, 'a blocking descriptor');
    assert.deepEqual(
      { ...facts, flags: null },
      { sameSink: true, flags: null, flushed: false, otherLines: 200_000, tail: 5, reports: 0 },
    );
    let lines = 0;
    let rest = '';
    stdout.on('data', (data: Buffer) => {
      const pieces = (rest + data.toString()).split('\n');
      rest = pieces.pop() ?? '';
      // The program's chunk before may have ended in the middle of a line.
      lines += pieces.filter((text) => text.includes('m'.repeat(63))).length;
    });
    const { reports, flags } = await told(2);
    assert.deepEqual(await exit, [0, null]);
    await world.waitFor('the end of stdout', () => stdout.readableEnded || stdout.destroyed);
    assert.equal(flags, before);
    const [report] = reports as { errno: null; lostBytes: number }[];
    assert.equal(report?.errno, null);
    assert.ok(lines > 1000, `${lines} lines`);
    assert.equal(report?.lostBytes, (10_000 - lines) * 64);
  });

  test(`a program ends at once although its stdout, a ${kind}, takes nothing`, { skip }, async () => {
    const { stdout, exit, told } = start('exitBlocked', kind);
    await told(1);
    if (kind === 'terminal') stdout.resume();
    assert.deepEqual(await exit, [0, null]);
    stdout.destroy();
  });
}

const closable: [Kind, string][] = [
  ['pipe', 'EPIPE'],
  ['socket', 'EPIPE'],
];

for (const [kind, errno] of closable) {
  test(`a ${kind} whose reader is gone is reported once as ${errno}, and its programs run on`, async () => {
    const { stdout, exit, told } = start('brokenPipe', kind);
    stdout.destroy();
    const reports = (await told(1)).reports as { errno: string }[];
    assert.deepEqual(
      reports.map((report) => report.errno),
      [errno],
    );
    assert.deepEqual(await exit, [0, null]);
  });
}

const seqHash = (): string => execSync('seq 1 3500000 | sha256sum', { encoding: 'utf8' }).split(' ')[0] ?? '';

/** Splits a mix of two alphabets into two checksums. */
function separate(chunk: Buffer, digits: Hash, letters: Hash): void {
  const digit = Buffer.alloc(chunk.length);
  const letter = Buffer.alloc(chunk.length);
  let d = 0;
  let l = 0;
  for (const byte of chunk) {
    if (byte >= 97) letter[l++] = byte === 107 ? 10 : byte - 97 + 48;
    else digit[d++] = byte;
  }
  digits.update(digit.subarray(0, d));
  letters.update(letter.subarray(0, l));
}

for (const kind of ['pipe', 'socket'] as const) {
  test(`54 MB of two programs come out of stdout, a ${kind}, complete and each in order`, async () => {
    const { stdout, exit } = start('carry', kind);
    const digits = createHash('sha256');
    const letters = createHash('sha256');
    stdout.on('data', (data: Buffer) => separate(data, digits, letters));
    assert.deepEqual(await exit, [0, null]);
    await world.waitFor('the end of stdout', () => stdout.readableEnded);
    const expected = seqHash();
    assert.deepEqual([digits.digest('hex'), letters.digest('hex')], [expected, expected]);
  });
}
