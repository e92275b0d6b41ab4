import type { SupervisorEvent } from './bus.ts';

/** An event on its way to the listeners of one pool. */
export interface PooledEvent {
  readonly event: SupervisorEvent;
  /** The same in all pools. */
  readonly serial: number;
  readonly poolSerial: number;
}

/** Unicode characters, as Python's len(): a listener in Python reads so many from a stdin that it decodes. */
function characterCount(text: string): number {
  let count = text.length;
  for (let i = 0; i < text.length; i++) if ((text.codePointAt(i) ?? 0) > 0xffff) count--;
  return count;
}

/** Header line and payload as they go to a listener's stdin, in UTF-8. Source: supervisor/process.py. */
export function renderEnvelope(identifier: string, pool: string, { event, serial, poolSerial }: PooledEvent): string {
  const where = `server:${identifier} serial:${serial} pool:${pool} poolserial:${poolSerial}`;
  return `ver:3.0 ${where} eventname:${event.name} len:${characterCount(event.payload)}\n${event.payload}`;
}
