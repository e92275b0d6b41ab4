/** What the program does depends on the name it was started under, then on its first word. */
import { basename } from 'node:path';
import { runCheck } from './check.ts';
import { runDaemon } from './daemon.ts';
import { printSampleConfig } from './sample-config.ts';

const words = process.argv.slice(2);
const name = basename(process.argv[1] ?? 'initvisor');

if (name === 'echo_supervisord_conf' || words[0] === 'sample-config') printSampleConfig();
else if (words[0] === 'check') runCheck(words.slice(1));
else {
  runDaemon(words).catch((error: unknown) => {
    process.stderr.write(`Error: internal error: ${error instanceof Error ? error.stack : error}\n`);
    process.exit(1);
  });
}
