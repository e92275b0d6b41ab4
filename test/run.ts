/**
 * Runs every test, or those in the files and folders named on the command line, and prints by name what was skipped
 * and why. Nothing that a test starts may outlive the run.
 */
import { randomUUID } from 'node:crypto';
import { readdirSync, statSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join, resolve } from 'node:path';
import { run } from 'node:test';
import { spec } from 'node:test/reporters';
import { killAll, processesWith, RUN_MARK } from './support/survivors.ts';

/** A longer simulation than CI's has more. */
const FILE_TIMEOUT_MS = 600_000 * Math.max(1, Number(process.env.SIMULATIONS ?? 0) / 200_000);

function testFiles(path: string): string[] {
  if (!statSync(path).isDirectory()) return [path];
  return readdirSync(path, { withFileTypes: true })
    .flatMap((entry) =>
      entry.isDirectory() || entry.name.endsWith('.test.ts') ? testFiles(join(path, entry.name)) : [],
    )
    .sort();
}

const named = process.argv.slice(2);
const files = (named.length > 0 ? named : [import.meta.dirname]).flatMap((path) => testFiles(resolve(path)));
const mark = randomUUID();
process.env[RUN_MARK] = mark;

const skipped: string[] = [];
const counts = { passed: 0, failed: 0, skipped: 0 };
const stream = run({ files, concurrency: availableParallelism(), timeout: FILE_TIMEOUT_MS });

stream.on('test:pass', ({ name, skip, details }) => {
  const isSkipped = skip !== undefined && skip !== false;
  // What a skipped suite holds is not told one by one.
  if (details.type === 'suite' && !isSkipped) return;
  if (!isSkipped) counts.passed += 1;
  else {
    counts.skipped += 1;
    skipped.push(`skipped: ${name}: ${typeof skip === 'string' ? skip : 'no reason given'}`);
  }
});
stream.on('test:fail', ({ details }) => {
  if (details.type !== 'suite') counts.failed += 1;
  process.exitCode = 1;
});
stream.compose(new spec()).pipe(process.stdout);
stream.on('end', () => {
  const survivors = processesWith(RUN_MARK, mark);
  for (const { pid, commandLine } of survivors) console.log(`still alive after the tests: ${pid} ${commandLine}`);
  killAll(survivors);
  if (survivors.length > 0) process.exitCode = 1;
  for (const line of skipped) console.log(line);
  if (process.env.NO_SKIP === '1' && counts.skipped > 0) process.exitCode = 1;
  if (counts.passed + counts.failed === 0) process.exitCode = 1;
  console.log(`${counts.passed} passed, ${counts.failed} failed, ${counts.skipped} skipped`);
});
