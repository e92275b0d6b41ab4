/** What the program does depends on the name it was started under, then on its first word. */
import { basename } from 'node:path';
import { runDaemon } from './daemon.ts';
import { printSampleConfig } from './sample-config.ts';

const words = process.argv.slice(2);
const name = basename(process.argv[1] ?? 'initvisor');

/** Loaded when it is asked for: what it knows of programs is nothing that the daemon needs. */
async function runCheck(): Promise<void> {
  const check = await import('./check.ts');
  check.runCheck(words.slice(1));
}

function fail(error: unknown): never {
  process.stderr.write(`Error: internal error: ${error instanceof Error ? error.stack : error}\n`);
  process.exit(1);
}

if (name === 'echo_supervisord_conf' || words[0] === 'sample-config') printSampleConfig();
else if (words[0] === 'check') runCheck().catch(fail);
else runDaemon(words).catch(fail);
