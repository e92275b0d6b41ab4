import type { SupervisorEvent } from './bus.ts';
import { type ListenerLife, Pool, type PoolContext, type PoolSpec } from './pool.ts';
import { Serials } from './serials.ts';

const sameEvents = (a: PoolSpec, b: PoolSpec): boolean =>
  a.bufferSize === b.bufferSize &&
  a.events.length === b.events.length &&
  a.events.every((name) => b.events.includes(name));

/** All pools of event listeners, by name. */
export class EventPools {
  readonly #context: PoolContext;
  readonly #pools = new Map<string, Pool>();

  constructor(context: Omit<PoolContext, 'serialOf'>) {
    const serials = new Serials();
    this.#context = { ...context, serialOf: (event: SupervisorEvent) => serials.of(event) };
  }

  /** A pool that listens from now on; one that is there goes on with what waits, unless it is to hear of other events. */
  open(spec: PoolSpec): void {
    const known = this.#pools.get(spec.name);
    if (known !== undefined && sameEvents(known.spec, spec)) known.spec = spec;
    else {
      known?.close();
      this.#pools.set(spec.name, new Pool(spec, this.#context));
    }
  }

  close(name: string): void {
    this.#pools.get(name)?.close();
    this.#pools.delete(name);
  }

  has(group: string): boolean {
    return this.#pools.has(group);
  }

  /** Whether a listener of the pool is busy, or about to be told of what waits. */
  isBusy(group: string): boolean {
    return this.#pools.get(group)?.isBusy ?? false;
  }

  /** A process has been started; null when it is no listener. */
  beginLife(group: string, id: string): ListenerLife | null {
    const pool = this.#pools.get(group);
    const member = pool?.spec.members.find((each) => each.id === id);
    return pool === undefined || member === undefined ? null : pool.beginLife(member);
  }

  /** The state of a process of the group changed: it may be able to take events now. */
  processChanged(group: string): void {
    this.#pools.get(group)?.dispatch();
  }
}
