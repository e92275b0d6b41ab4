import type { ExitStatus } from '../model/exit-status.ts';
import { signalName } from '../model/signals.ts';

/** How a program ended, for the command after it: one of the two is empty. */
export function exitEnvironment(status: ExitStatus): Record<string, string> {
  const signal = status.kind === 'signal' ? (signalName(status.signal)?.slice('SIG'.length) ?? `${status.signal}`) : '';
  return {
    INITVISOR_EXIT_CODE: status.kind === 'code' ? String(status.code) : '',
    INITVISOR_EXIT_SIGNAL: signal,
  };
}
