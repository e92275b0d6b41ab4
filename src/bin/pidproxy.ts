/** Runs a command that writes a pidfile, and hands signals on to the process in it. */

import { SignalQueue } from '../os/signal-queue.ts';
import { FORWARDED_SIGNALS } from '../pidproxy/proxy.ts';
import { startPidProxy } from '../pidproxy/start.ts';
import { renderUsage } from '../pidproxy/usage.ts';
import { loadNativeOrExit, ownEnvironment } from './native.ts';

const [program = 'pidproxy', pidfile, ...words] = process.argv.slice(1);

if (pidfile === undefined || words.length === 0) {
  process.stdout.write(renderUsage(program));
  process.exitCode = 1;
} else {
  const signals = new SignalQueue(FORWARDED_SIGNALS);
  startPidProxy({
    native: loadNativeOrExit(),
    signals,
    pidfile,
    words,
    env: ownEnvironment(),
    cwd: process.cwd(),
    pid: process.pid,
    exit: (status) => process.exit(status),
  });
}
