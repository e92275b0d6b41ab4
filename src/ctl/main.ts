import type { ConfigSource } from '../config/source.ts';
import type { Native } from '../os/native.ts';
import { writeFully } from '../os/output.ts';
import { subscribeSignals } from '../os/signals.ts';
import { createBlockingTransport } from './blocking-transport.ts';
import { Controller } from './controller.ts';
import { EXIT } from './exit-codes.ts';
import { type CtlFlags, parseCtlFlags, renderUsage } from './flags.ts';
import type { Host } from './host.ts';
import { readSettings, SettingsError } from './read-settings.ts';
import { createRegistry } from './registry.ts';
import type { Settings } from './settings.ts';

/** Where the client runs. */
export interface CtlProcess {
  /** Name that it was started under. */
  readonly argv0: string;
  readonly words: readonly string[];
  readonly source: ConfigSource;
  /** Null where there is no addon: then calls go over Node's own sockets. */
  readonly native: Native | null;
}

/** Whoever came last gets Ctrl-C: a stream that is followed before the shell that it is followed in. */
function createInterrupts(): Host['onInterrupt'] {
  const listeners: (() => void)[] = [];
  return (listener) => {
    listeners.push(listener);
    const release = subscribeSignals(['SIGINT'], () => {
      if (listeners.at(-1) === listener) listener();
    });
    return () => {
      listeners.splice(listeners.indexOf(listener), 1);
      release();
    };
  };
}

/** In the shell calls must not block: a line is typed and Ctrl-C is pressed meanwhile. */
async function createHost(native: Native | null): Promise<Host> {
  const connect =
    native === null
      ? (await import('../client/net-transport.ts')).createNetTransport
      : createBlockingTransport.bind(null, native);
  let input: ReturnType<Host['input']> | null = null;
  return {
    write: (text) => writeFully(1, text),
    writeError: (text) => writeFully(2, text),
    connect,
    // Loaded when something is followed, or asked for: most commands do neither.
    follow: async (request, sink) => (await import('../client/net-transport.ts')).followStream(request, sink),
    input() {
      input ??= import('../os/input.ts').then(({ openInput }) => openInput());
      return input;
    },
    isTerminal: async () => (await import('../os/terminal.ts')).isTerminal(1),
    sleep: async (delayMs, signal) => (await import('../os/clock.ts')).sleep(delayMs, signal),
    onInterrupt: createInterrupts(),
  };
}

async function runInteractive(host: Host, settings: Settings): Promise<void> {
  const { runShell } = await import('./shell.ts');
  const { readHistory, writeHistory } = await import('../os/input.ts');
  const input = await host.input();
  if (settings.historyFile !== null) input.history.push(...readHistory(settings.historyFile));
  try {
    await runShell(new Controller(host, settings), createRegistry(), settings.prompt, input);
  } finally {
    if (settings.historyFile !== null) writeHistory(settings.historyFile, input.history);
    input.close();
  }
}

async function runAction(host: Host, settings: Settings, line: string): Promise<number> {
  const { runLine } = await import('./run-line.ts');
  const ctl = new Controller(host, settings);
  await runLine(ctl, createRegistry(), line);
  return ctl.exitStatus;
}

function complain(argv0: string, error: SettingsError): number {
  // Upstream shows a traceback for a file that is no configuration, and ends with another status.
  const hint = error.kind === 'usage' ? `For help, use ${argv0} -h\n` : '';
  writeFully(2, `Error: ${error.message}\n${hint}`);
  return error.kind === 'usage' ? EXIT.invalidArguments : EXIT.generic;
}

async function runWith(flags: CtlFlags, { argv0, source, native }: CtlProcess): Promise<number> {
  const settings = readSettings(source, flags, argv0);
  if (flags.action.length > 0) return runAction(await createHost(native), settings, flags.action.join(' '));
  await runInteractive(await createHost(null), settings);
  return EXIT.success;
}

/** The whole client; gives the exit status. */
export async function runCtl(process: CtlProcess): Promise<number> {
  const parsed = parseCtlFlags(process.words);
  if (!parsed.ok) return complain(process.argv0, new SettingsError('usage', parsed.error));
  if (parsed.flags.help) {
    writeFully(1, renderUsage(process.argv0));
    return EXIT.success;
  }
  try {
    return await runWith(parsed.flags, process);
  } catch (error) {
    if (error instanceof SettingsError) return complain(process.argv0, error);
    throw error;
  }
}
