/** The listeners of superlance's names; dist/ has a file for each that calls this. */
import { readFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { createClock } from '../os/clock.ts';
import { writeFully } from '../os/output.ts';
import { runShellCommand } from '../os/run-command.ts';
import { runListener } from '../superlance/run.ts';

/** Becomes the named program; the process ends with it. */
export async function runCommand(name: string): Promise<void> {
  process.exitCode = await runListener(name, {
    words: process.argv.slice(2),
    env: process.env,
    hostname: hostname(),
    clock: createClock(),
    print: (text) => writeFully(1, text),
    log: (text) => writeFully(2, text),
    readFile: (path) => readFileSync(path, 'utf8'),
    run: runShellCommand,
  });
}
