import { EVENT_PARENTS, type EventName } from '../model/event-types.ts';

/** One event as it happened; nothing of it changes later. */
export interface SupervisorEvent {
  readonly name: EventName;
  readonly payload: string;
}

export type EventHandler = (event: SupervisorEvent) => void;

/** Says that something happened; the payload is made only if somebody listens. */
export type Emit = (name: EventName, renderPayload: () => string) => void;

/** The event itself and everything that it is a kind of, up to EVENT. */
export function kindsOf(name: EventName): EventName[] {
  const parent = EVENT_PARENTS[name];
  return parent === null ? [name] : [name, ...kindsOf(parent)];
}

/** Hands events to those who subscribed to them or to what they are a kind of, in the order of subscription. */
export class EventBus {
  readonly #subscriptions: { readonly names: ReadonlySet<EventName>; readonly handle: EventHandler }[] = [];
  readonly #onError: (error: unknown) => void;
  readonly #onChange = new Set<() => void>();

  /** @param onError told what a handler threw; the others are called all the same */
  constructor(onError: (error: unknown) => void) {
    this.#onError = onError;
  }

  /** The returned function ends it. */
  subscribe(names: Iterable<EventName>, handle: EventHandler): () => void {
    const subscription = { names: new Set(names), handle };
    this.#subscriptions.push(subscription);
    for (const tell of this.#onChange) tell();
    return () => {
      const index = this.#subscriptions.indexOf(subscription);
      if (index < 0) return;
      this.#subscriptions.splice(index, 1);
      for (const tell of this.#onChange) tell();
    };
  }

  /** Whether anybody would be told of such an event. */
  isHeard(name: EventName): boolean {
    const kinds = kindsOf(name);
    return this.#subscriptions.some(({ names }) => kinds.some((kind) => names.has(kind)));
  }

  /** Calls `tell` after each subscription and each end of one. */
  onSubscriptions(tell: () => void): void {
    this.#onChange.add(tell);
  }

  readonly emit: Emit = (name, renderPayload) => {
    if (this.#subscriptions.length === 0) return;
    const kinds = kindsOf(name);
    const interested = this.#subscriptions.filter(({ names }) => kinds.some((kind) => names.has(kind)));
    if (interested.length === 0) return;
    const event = { name, payload: renderPayload() };
    for (const { handle } of interested) {
      try {
        handle(event);
      } catch (error) {
        this.#onError(error);
      }
    }
  };
}
