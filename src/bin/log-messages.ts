import type { Log, LogMessage } from '../model/log-level.ts';
import type { SinkReport } from '../os/native.ts';

const SEVERITY_ORDER = ['critical', 'error', 'warn', 'info'] as const;

/** Level by level, as upstream does with what it found before its log was open. */
export function tellBySeverity(log: Log, messages: readonly LogMessage[]): void {
  for (const level of SEVERITY_ORDER) {
    for (const message of messages) if (message.level === level) log(level, message.text);
  }
}

/** What to say of a sink that takes nothing, or takes output again; `log`: its name, null for a program's stdin. */
export function renderSinkReport(log: string | null, { errno, lostBytes }: SinkReport): LogMessage | null {
  // A program that ended with its stdin unread: its end is told anyway.
  if (log === null && errno === 'EPIPE') return null;
  const name = log ?? "a program's stdin";
  if (errno === null) {
    return { level: 'warn', text: `${name} takes output again; ${lostBytes} bytes of it were lost` };
  }
  return {
    level: 'error',
    text: `cannot write to ${name}: ${errno}; what is written to it is lost until that is over`,
  };
}
