import { EventQueue } from '../core/event-queue.ts';
import { eventSent, type Listener, NEW_LISTENER, receive } from '../core/listener-machine.ts';
import type { EventName } from '../model/event-types.ts';
import type { Log } from '../model/log-level.ts';
import type { EventBus, SupervisorEvent } from './bus.ts';
import { type PooledEvent, renderEnvelope } from './listener-protocol.ts';

/** One process of a pool. */
export interface PoolMember {
  readonly id: string;
  /** For the log. */
  readonly name: string;
}

export interface PoolSpec {
  readonly name: string;
  readonly events: readonly EventName[];
  /** Events that wait at most. */
  readonly bufferSize: number;
  /** In the order in which they are tried. */
  readonly members: readonly PoolMember[];
}

export interface PoolContext {
  readonly subscribe: EventBus['subscribe'];
  readonly log: Log;
  readonly identifier: () => string;
  readonly serialOf: (event: SupervisorEvent) => number;
  readonly isRunning: (id: string) => boolean;
  /** A listener has answered or gone. */
  readonly onAnswer: () => void;
  /** To the stdin of a process; never blocks. */
  readonly write: (id: string, text: string) => 'sent' | 'closed';
}

/** What comes from the stdout of a listener, in one life of its process. */
export interface ListenerLife {
  receive(data: Buffer): void;
  /** Nothing more will come. */
  end(): void;
}

interface Life {
  listener: Listener;
  /** What it is busy with. */
  event: PooledEvent | null;
  /** It has been READY: one that never was is not waited for. */
  hasListened: boolean;
}

/** Listeners that share the work: each event of the pool goes to one of them. Source: supervisor/process.py. */
export class Pool {
  spec: PoolSpec;
  readonly #context: PoolContext;
  readonly #queue: EventQueue<PooledEvent>;
  readonly #lives = new Map<string, Life>();
  readonly #unsubscribe: () => void;
  #poolSerial = 0;
  #closed = false;

  constructor(spec: PoolSpec, context: PoolContext) {
    this.spec = spec;
    this.#context = context;
    this.#queue = new EventQueue(spec.bufferSize);
    this.#unsubscribe = context.subscribe(spec.events, (event) => this.#accept(event));
  }

  /** Its events are lost, those included that a listener has not answered. */
  close(): void {
    this.#closed = true;
    this.#unsubscribe();
  }

  /** A process of the pool has been started. Its last life may still be about to end. */
  beginLife({ id, name }: PoolMember): ListenerLife {
    const life: Life = { listener: NEW_LISTENER, event: null, hasListened: false };
    this.#lives.set(id, life);
    return {
      receive: (data) => this.#receive(name, life, data),
      end: () => {
        if (this.#lives.get(id) === life) this.#lives.delete(id);
        this.#reject(life);
        this.dispatch();
        this.#context.onAnswer();
      },
    };
  }

  /** Whether a listener is busy, or about to be told of what waits. */
  get isBusy(): boolean {
    return this.spec.members.some(({ id }) => {
      const life = this.#lives.get(id);
      if (life === undefined || !life.hasListened || life.listener.state === 'UNKNOWN') return false;
      return this.#context.isRunning(id) && (life.event !== null || this.#queue.length > 0);
    });
  }

  /** Sends what waits to those who are ready, oldest first. */
  dispatch(): void {
    if (this.#closed || !this.spec.members.some(({ id }) => this.#readyLife(id) !== null)) return;
    for (let event = this.#queue.take(); event !== undefined; event = this.#queue.take()) {
      if (this.#send(event)) continue;
      this.#putBack(event);
      return;
    }
  }

  #accept(event: SupervisorEvent): void {
    const pooled = { event, serial: this.#context.serialOf(event), poolSerial: this.#poolSerial++ };
    this.#reportOverflow(this.#queue.add(pooled));
    this.dispatch();
  }

  #readyLife(id: string): Life | null {
    const life = this.#lives.get(id);
    return life?.listener.state === 'READY' && this.#context.isRunning(id) ? life : null;
  }

  #send(event: PooledEvent): boolean {
    const envelope = renderEnvelope(this.#context.identifier(), this.spec.name, event);
    for (const { id, name } of this.spec.members) {
      const life = this.#readyLife(id);
      if (life === null) continue;
      if (this.#context.write(id, envelope) === 'closed') {
        const what = `epipe occurred while sending event ${event.serial} to listener ${name}`;
        this.#context.log('debug', `${what}, listener state unchanged`);
        continue;
      }
      life.listener = eventSent(life.listener);
      life.event = event;
      this.#context.log('debug', `event ${event.serial} sent to listener ${name}`);
      return true;
    }
    return false;
  }

  #receive(name: string, life: Life, data: Buffer): void {
    const { next, effects } = receive(name, life.listener, data);
    life.listener = next;
    for (const effect of effects) {
      if (effect.kind === 'log') this.#context.log(effect.level, effect.text);
      else if (effect.kind === 'processed') life.event = null;
      else this.#reject(life);
    }
    if (next.state === 'READY') life.hasListened = true;
    this.dispatch();
    this.#context.onAnswer();
  }

  #reject(life: Life): void {
    const { event } = life;
    life.event = null;
    if (event !== null && !this.#closed) this.#putBack(event);
  }

  #putBack(event: PooledEvent): void {
    const { name } = this.spec;
    const sizes = `(buf size=${this.#queue.length}, max=${this.#queue.limit})`;
    this.#context.log('debug', `rebuffering event ${event.serial} for pool ${name} ${sizes}`);
    this.#reportOverflow(this.#queue.putBack(event));
  }

  #reportOverflow(discarded: PooledEvent | undefined): void {
    if (discarded === undefined) return;
    const what = `event buffer overflowed, discarding event ${discarded.serial}`;
    this.#context.log('error', `pool ${this.spec.name} ${what}`);
  }
}
