import { createConfigSource } from '../os/config-source.ts';
import { SignalQueue } from '../os/signal-queue.ts';
import { backgroundOf, goToBackground } from './background.ts';
import { openControlSockets } from './control-sockets.ts';
import { loadNativeOrExit, ownEnvironment } from './native.ts';
import { prepareProcess } from './preflight.ts';
import { configPath, problemLines, readConfigOrExit, readFlags, readResult } from './read-config.ts';
import { Run } from './run.ts';

/** As PID 1 every signal without a handler is dropped by the kernel; USR1 would make Node open a debugger. */
const HANDLED = ['SIGTERM', 'SIGINT', 'SIGQUIT', 'SIGHUP', 'SIGUSR1', 'SIGUSR2'] as const;

/** The daemon, from its command line on. */
export async function runDaemon(words: readonly string[]): Promise<void> {
  const signals = new SignalQueue(HANDLED);
  const native = loadNativeOrExit();
  const flags = readFlags(words);
  const background = backgroundOf(native, ownEnvironment());
  const { env } = background;
  const cwd = process.cwd();
  const source = createConfigSource(native, { env, cwd, uid: process.getuid?.() ?? 0 });
  const path = configPath(source, flags);
  const loaded = readConfigOrExit(source, path, flags);
  const { config } = loaded;
  if (config.supervisord.nodaemon === false && process.pid !== 1 && !background.isThere) goToBackground(native, env);
  const messages = [...config.messages, ...prepareProcess(config, native), ...problemLines(loaded)];
  const run = new Run({ config, native, env, inBackground: background.isThere, cwd, messages });
  // Nothing is awaited where there are none: programs start in this very turn.
  const sockets = config.servers.length > 0 ? await openControlSockets(config.servers, native, run.log) : [];
  if (background.isThere) background.detach();
  run.start({
    signals,
    sockets,
    // The absolute path, as `directory` may have taken us elsewhere since.
    reread: (numprocs) => readResult(source, config.path, flags, numprocs),
  });
}
