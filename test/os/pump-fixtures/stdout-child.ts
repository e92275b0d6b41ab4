/** Runs one scenario with the pump on an inherited descriptor; what it finds goes to numbered files. */
import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import { createPumpWorld, type PumpWorld } from './pump-world.ts';

const [scenario = '', prefix = '', number = ''] = process.argv.slice(2);
const descriptor = Number(number);

function tell(step: number, facts: object): void {
  writeFileSync(`${prefix}.${step}.part`, JSON.stringify(facts));
  renameSync(`${prefix}.${step}.part`, `${prefix}.${step}`);
}

function flags(): string | undefined {
  return /^flags:\s*(\d+)/m.exec(readFileSync(`/proc/self/fdinfo/${descriptor}`, 'utf8'))?.[1];
}

const LINE = `${'m'.repeat(63)}\n`;
const MANY = 10_000;

/** A flat-out writer to a stdout that nobody reads, until its reader comes at last. */
async function unread(world: PumpWorld): Promise<void> {
  const { native, path } = world;
  const before = flags();
  const stdout = native.sinkOpenDescriptor(descriptor);
  const flatOut = world.run("exec yes 'from the program'", stdout);
  await world.waitFor('a full stdout', () => !native.pumpFlush(20));
  const file = native.sinkOpenFile({ path: path('log'), maxBytes: 0, backups: 0 });
  const other = world.run('seq 1 200000', file);
  await world.waitForEnd(other.stream);
  for (let i = 0; i < MANY; i++) native.sinkWrite(stdout, LINE);
  tell(1, {
    sameSink: native.sinkOpenDescriptor(descriptor) === stdout,
    flags: [before, flags()],
    flushed: native.pumpFlush(50),
    otherLines: readFileSync(path('log'), 'utf8').split('\n').length - 1,
    tail: native.streamTail(flatOut.stream, 5).toString().length,
    reports: world.reports.length,
  });
  await world.waitFor('the report of lost lines', () => world.reports.length > 0);
  native.streamForget(flatOut.stream);
  world.settle();
  tell(2, { reports: world.reports, flags: flags() });
}

/** Exits while its stdout takes nothing. */
async function exitBlocked(world: PumpWorld): Promise<void> {
  world.run('exec yes', world.native.sinkOpenDescriptor(descriptor));
  await world.waitFor('a full stdout', () => !world.native.pumpFlush(20));
  tell(1, {});
}

/** Two writers, one of digits and one of letters, to one stdout. */
async function carry(world: PumpWorld): Promise<void> {
  const stdout = world.native.sinkOpenDescriptor(descriptor);
  const digits = world.run('seq 1 3500000', stdout);
  const letters = world.run("seq 1 3500000 | tr '0-9\\n' a-k", stdout);
  await world.waitForEnd(digits.stream, letters.stream);
  world.settle();
}

/** Its stdout’s reader is gone. */
async function brokenPipe(world: PumpWorld): Promise<void> {
  const { stream } = world.run('seq 1 200000', world.native.sinkOpenDescriptor(descriptor));
  await world.waitForEnd(stream);
  await world.waitFor('a report', () => world.reports.length > 0);
  tell(1, { reports: world.reports });
}

const scenarios: Record<string, (world: PumpWorld) => Promise<void>> = { unread, exitBlocked, carry, brokenPipe };

const world = createPumpWorld();
await scenarios[scenario]?.(world);
world.close();
process.exit(0);
