import type { ProcessConfig } from '../config/config.ts';
import { renderMember, renderPrefix } from '../logging/console.ts';
import type { LogSinks } from '../logging/log-sinks.ts';
import type { Native, StreamId } from '../os/native.ts';
import type { StreamConsole } from '../os/stream-console.ts';

export interface ConsoleContext {
  readonly native: Pick<Native, 'isTerminal'>;
  readonly sinks: LogSinks;
  /** Prefixes on a terminal may have colours. */
  readonly colours: boolean;
}

/** Output that speaks the listeners' protocol: it is for the daemon, and only its log file has it besides. */
export function isProtocol(process: ProcessConfig, channel: 'stdout' | 'stderr'): boolean {
  return channel === 'stdout' && process.section.startsWith('eventlistener:');
}

/** How a channel of a process shows on the container's own stdout or stderr; null: not at all. */
export function streamConsoleOf(
  { native, sinks, colours }: ConsoleContext,
  process: ProcessConfig,
  channel: 'stdout' | 'stderr',
  sibling: StreamId | null,
): StreamConsole | null {
  const { name, console: form, console_prefix: prefix, log_rate_limit } = process;
  if (form === 'off' || isProtocol(process, channel)) return null;
  const fd = channel === 'stdout' ? 1 : 2;
  const colour = form === 'prefix' && colours && native.isTerminal(fd);
  return {
    sink: sinks.openDescriptor(fd),
    form,
    prefix: renderPrefix({ form, name, prefix, colour }),
    program: renderMember('program', name),
    channel: renderMember('stream', channel),
    linesASecond: log_rate_limit ?? 0,
    limitWith: sibling,
  };
}
