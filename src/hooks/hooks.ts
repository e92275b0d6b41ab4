import { isDeepStrictEqual } from 'node:util';
import type { HookConfig } from '../config/config.ts';
import type { EventBus } from '../events/bus.ts';
import { describeEvent, type EventOrigin } from '../events/describe-event.ts';
import type { EventRecords } from '../events/event-records.ts';
import type { Log } from '../model/log-level.ts';
import type { Deliver } from './delivery.ts';
import { Hook, type HookOptions } from './hook.ts';
import { type Post, webhookDelivery } from './post-event.ts';
import { commandDelivery, type RunChild } from './run-command.ts';

export interface HooksContext {
  readonly subscribe: EventBus['subscribe'];
  readonly records: EventRecords;
  readonly origin: EventOrigin;
  readonly version: string;
  readonly log: Log;
  readonly after: HookOptions['after'];
  readonly post: Post;
  readonly runChild: RunChild;
  /** [supervisord]'s variables, for commands. */
  readonly environment: () => Readonly<Record<string, string>>;
}

interface OpenHook {
  readonly config: HookConfig;
  readonly hook: Hook;
  readonly unsubscribe: () => void;
}

/** All [hook:x] sections at work. */
export class Hooks {
  readonly #context: HooksContext;
  readonly #open = new Map<string, OpenHook>();

  constructor(context: HooksContext) {
    this.#context = context;
  }

  /** From now on these; one that did not change goes on with what waits. */
  apply(configs: readonly HookConfig[]): void {
    const wanted = new Map(configs.map((config) => [config.name, config]));
    for (const [name, open] of this.#open) if (!isDeepStrictEqual(open.config, wanted.get(name))) this.#close(open);
    for (const config of wanted.values()) if (!this.#open.has(config.name)) this.#start(config);
  }

  /** Gives what waits its chance, for `limitMs` at most, and then ends all. */
  async drain(limitMs: number): Promise<void> {
    if (this.#open.size === 0) return;
    let disarm = (): void => undefined;
    const limit = new Promise<void>((resolve) => {
      disarm = this.#context.after(limitMs, resolve);
    });
    await Promise.race([limit, Promise.all([...this.#open.values()].map(({ hook }) => hook.drain()))]);
    disarm();
    for (const open of this.#open.values()) this.#close(open);
  }

  #start(config: HookConfig): void {
    const { subscribe, records, origin, log, after } = this.#context;
    const { name, timeout, retries, buffer_size: bufferSize } = config;
    const deliver = this.#deliveryOf(config);
    const hook = new Hook({ name, timeoutMs: timeout * 1000, retries, bufferSize, deliver, log, after });
    const unsubscribe = subscribe(config.events, (event) => hook.push(describeEvent(records.of(event), origin)));
    this.#open.set(name, { config, hook, unsubscribe });
  }

  #deliveryOf({ target }: HookConfig): Deliver {
    const { version, post, runChild, environment } = this.#context;
    if (target.kind === 'url') return webhookDelivery(target, version, post);
    return commandDelivery(target.command, environment, runChild);
  }

  #close({ config, hook, unsubscribe }: OpenHook): void {
    unsubscribe();
    hook.close();
    this.#open.delete(config.name);
  }
}
