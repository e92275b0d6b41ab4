import type { EventDescription } from '../events/describe-event.ts';
import { type ExitStatus, renderExitStatus } from '../model/exit-status.ts';
import type { ChildCommand } from '../os/child-runner.ts';
import { type Deliver, DeliveryError } from './delivery.ts';

export type RunChild = (command: ChildCommand) => Promise<ExitStatus>;

/** Characters of one variable: all of them together have to fit beside the command line. */
const MAX_VALUE = 1024;

/** `INITVISOR_EVENT_PROCESS` and so on, one for each member; data is on stdin only. */
export function eventEnvironment(event: EventDescription): Readonly<Record<string, string>> {
  const { event: name, data: _, ...members } = event;
  const entries = Object.entries({ name, ...members }).map(([key, value]) => {
    // Nothing after a NUL would reach the command.
    const text = String(value).replaceAll('\0', '').slice(0, MAX_VALUE);
    return [`INITVISOR_EVENT_${key.toUpperCase()}`, text];
  });
  return Object.fromEntries(entries);
}

/** Delivers events by running a command for each; exit code 0 is success. */
export function commandDelivery(
  command: string,
  environment: () => Readonly<Record<string, string>>,
  run: RunChild,
): Deliver {
  return async (event, signal) => {
    let status: ExitStatus;
    try {
      const stdin = `${JSON.stringify(event)}\n`;
      status = await run({ command, environment: { ...environment(), ...eventEnvironment(event) }, stdin, signal });
    } catch (error) {
      throw new DeliveryError(error instanceof Error ? error.message : String(error));
    }
    if (status.kind !== 'code' || status.code !== 0) throw new DeliveryError(renderExitStatus(status));
  };
}
