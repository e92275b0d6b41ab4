/** What else hears of events than listeners: hooks, the journal, and streams of clients. */
import { hostname } from 'node:os';
import type { Config } from '../config/config.ts';
import { type EventBus, kindsOf } from '../events/bus.ts';
import { describeEvent, type EventOrigin } from '../events/describe-event.ts';
import { type EventRecord, EventRecords } from '../events/event-records.ts';
import { EventJournal } from '../events/journal.ts';
import { Hooks } from '../hooks/hooks.ts';
import type { Clock, MonotonicMs } from '../model/clock.ts';
import { EVENT_PARENTS, type EventName } from '../model/event-types.ts';
import type { ExitStatus } from '../model/exit-status.ts';
import type { Log } from '../model/log-level.ts';
import { ChildRunner } from '../os/child-runner.ts';
import { renderIsoTime, runAfter } from '../os/clock.ts';
import type { Native } from '../os/native.ts';
import type { EventFeed, StreamedEvent } from '../web/events-stream.ts';
import { VERSION } from './version.ts';

export interface EventServicesOptions {
  readonly events: EventBus;
  readonly clock: Clock;
  readonly native: Native;
  readonly log: Log;
  readonly env: Readonly<Record<string, string>>;
  /** The one that runs. */
  readonly config: () => Config;
}

/** Longest that the end of the daemon waits for hooks. */
const DRAIN_MS = 1000;

const isEventName = (name: string): name is EventName => Object.hasOwn(EVENT_PARENTS, name);

export class EventServices {
  readonly #options: EventServicesOptions;
  readonly #children: ChildRunner;
  readonly #records: EventRecords;
  readonly #journal: EventJournal;
  readonly #origin: EventOrigin;
  readonly #hooks: Hooks;
  #shutdownBegan: MonotonicMs | null = null;

  constructor(options: EventServicesOptions) {
    const { events, clock, native, log, env, config } = options;
    this.#options = options;
    const subscribe: EventBus['subscribe'] = (names, handle) => events.subscribe(names, handle);
    const identifier = (): string => config().supervisord.identifier;
    this.#children = new ChildRunner({ native, inheritedEnvironment: env });
    this.#records = new EventRecords(() => clock.wallMs());
    this.#journal = new EventJournal(subscribe, this.#records);
    this.#origin = { identifier, host: hostname(), renderTime: renderIsoTime };
    this.#hooks = new Hooks({
      ...{ subscribe, records: this.#records, origin: this.#origin, version: VERSION, log },
      post: async (request) => (await import('../os/http-post.ts')).post(request),
      after: (delayMs, task) => runAfter(clock, delayMs, task),
      runChild: (command) => this.#children.run(command),
      environment: () => config().supervisord.environment,
    });
    events.subscribe(['SUPERVISOR_STATE_CHANGE_STOPPING'], () => {
      this.#shutdownBegan = clock.monotonicMs();
    });
  }

  applyHooks(config: Config): void {
    this.#hooks.apply(config.hooks);
  }

  /** Whether the pid was a hook's. */
  handleExit(pid: number, status: ExitStatus): boolean {
    return this.#children.handleExit(pid, status);
  }

  /** Whether it is a hook's command that has not ended. */
  owns(pid: number): boolean {
    return this.#children.owns(pid);
  }

  /** Lets hooks tell of the shutdown: for a second at most, and never beyond shutdown_timeout. */
  drain(): Promise<void> {
    const { clock, config } = this.#options;
    const budget = config().supervisord.shutdown_timeout;
    const began = this.#shutdownBegan;
    const left = budget === null || began === null ? DRAIN_MS : began + budget * 1000 - clock.monotonicMs();
    return this.#hooks.drain(Math.max(0, Math.min(DRAIN_MS, left)));
  }

  /** For clients. */
  get feed(): EventFeed {
    const { events, clock } = this.#options;
    const toStreamed = (record: EventRecord): StreamedEvent => ({
      name: record.name,
      serial: record.serial,
      json: JSON.stringify(describeEvent(record, this.#origin)),
      isOneOf: (types) => kindsOf(record.name).some((kind) => types.includes(kind)),
    });
    return {
      recent: () => this.#journal.recent.map(toStreamed),
      isType: isEventName,
      subscribe: (types, listener) =>
        events.subscribe(types.filter(isEventName), (event) => listener(toStreamed(this.#records.of(event)))),
      after: (delayMs, task) => runAfter(clock, delayMs, task),
    };
  }
}
