import { type ExitStatus, renderExitStatus, shellExitStatus, withMemoryKill } from '../model/exit-status.ts';
import type { LogMessage } from '../model/log-level.ts';
import { shortNamespec } from '../model/namespec.ts';
import { hasStartAhead, type ProcessState } from './process-state.ts';

/** Why the daemon ends. */
export type ExitReason =
  | { readonly kind: 'requested'; readonly by: string }
  /** It starts over in the same process. */
  | { readonly kind: 'restart' }
  /** A program with exit_on_fatal, or the main one, went FATAL. */
  | { readonly kind: 'fatal'; readonly id: string; readonly status: ExitStatus | null; readonly why: string }
  /** A program with health_action=shutdown is not well. */
  | { readonly kind: 'unhealthy'; readonly id: string; readonly why: string }
  /** The designated program ended for good. */
  | { readonly kind: 'main'; readonly id: string; readonly status: ExitStatus | null };

/** The container's exit status: 0 when asked to stop, else the culprit's (128+n for signal n), never 0 for FATAL; 1 for an unhealthy one. */
export function containerExitStatus(reason: ExitReason): number {
  switch (reason.kind) {
    case 'requested':
    case 'restart':
      return 0;
    case 'main':
      return reason.status === null ? 0 : shellExitStatus(reason.status);
    case 'unhealthy':
      return 1;
    case 'fatal':
      return reason.status === null ? 1 : shellExitStatus(reason.status) || 1;
  }
}

/** What the main log says of a shutdown that a program has caused; null for one that was asked for. */
export function shutdownMessage(reason: ExitReason): LogMessage | null {
  if (reason.kind === 'requested' || reason.kind === 'restart') return null;
  const name = shortNamespec(reason.id);
  if (reason.kind === 'fatal') {
    const why = withMemoryKill(reason.why, reason.status);
    return { level: 'critical', text: `shutting down: ${name} entered FATAL state (${why})` };
  }
  if (reason.kind === 'unhealthy') {
    return { level: 'critical', text: `shutting down: ${name} is unhealthy (${reason.why})` };
  }
  const how = reason.status === null ? '' : ` (${renderExitStatus(reason.status)})`;
  return { level: 'warn', text: `shutting down: the main program ${name} has ended${how}` };
}

/** What a change of one process means for the daemon: null, or the reason to end. */
export function exitReasonOf(
  member: { readonly id: string; readonly main: boolean; readonly exitOnFatal: boolean },
  process: ProcessState,
): ExitReason | null {
  if (process.state === 'FATAL' && (member.exitOnFatal || member.main)) {
    return { kind: 'fatal', id: member.id, status: process.lastExit, why: process.spawnError };
  }
  if (member.main && process.state === 'EXITED' && !hasStartAhead(process)) {
    return { kind: 'main', id: member.id, status: process.lastExit };
  }
  return null;
}
