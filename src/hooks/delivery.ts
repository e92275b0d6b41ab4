import type { EventDescription } from '../events/describe-event.ts';

/** One try to deliver one event. @throws DeliveryError */
export type Deliver = (event: EventDescription, signal: AbortSignal) => Promise<void>;

/** Why a try failed; the text holds no URL, header or body. */
export class DeliveryError extends Error {
  /** Whether another try could go better. */
  readonly isPassing: boolean;

  constructor(reason: string, isPassing = true) {
    super(reason);
    this.name = 'DeliveryError';
    this.isPassing = isPassing;
  }
}
