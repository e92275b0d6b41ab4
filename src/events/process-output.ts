import { decodeText } from '../model/decode-text.ts';
import type { EventName } from '../model/event-types.ts';

type Channel = 'stdout' | 'stderr';

/** Whose output it is; the pid is of the life that wrote it. */
export interface OutputSource {
  readonly process: string;
  readonly group: string;
  readonly pid: number;
  readonly channel: Channel;
}

const SUFFIXES = { stdout: 'STDOUT', stderr: 'STDERR' } as const;

/** Event of output as it comes. */
export function logEvent(channel: Channel): EventName {
  return `PROCESS_LOG_${SUFFIXES[channel]}`;
}

/** Event of output that a program marked as one. */
export function communicationEvent(channel: Channel): EventName {
  return `PROCESS_COMMUNICATION_${SUFFIXES[channel]}`;
}

/** Payload of PROCESS_LOG_x. Source: supervisor/events.py. */
export function renderLogPayload({ process, group, pid, channel }: OutputSource, data: Buffer): string {
  return `processname:${process} groupname:${group} pid:${pid} channel:${channel}\n${decodeText(data)}`;
}

/** Payload of PROCESS_COMMUNICATION_x. Source: supervisor/events.py. */
export function renderCommunicationPayload({ process, group, pid }: OutputSource, data: Buffer): string {
  return `processname:${process} groupname:${group} pid:${pid}\n${decodeText(data)}`;
}
