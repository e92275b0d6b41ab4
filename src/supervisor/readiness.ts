import type { ProcessConfig } from '../config/config.ts';
import type { CheckInput, CheckKind } from '../core/checks.ts';
import type { Log } from '../model/log-level.ts';
import { isPolled, type PolledProbe, type ProbeSpec } from '../model/probe-spec.ts';
import type { ProbeResult } from '../probes/probe-result.ts';
import type { SpawnExtras } from './managed-process.ts';
import type { Channel } from './output-stream.ts';

/** Where a program tells by itself that it is ready. */
export interface ReadyChannel {
  /** What it is given at its start. */
  readonly extras: Omit<SpawnExtras, 'stdin'>;
  /** The program is there and has its copies of the descriptors. */
  begin(pid: number): void;
  close(): void;
}

/** Carries checks out; what they are about is not its affair. */
export interface Prober {
  /** Calls back once, never at once, unless the returned function is called first. */
  ask(
    probe: PolledProbe,
    how: { readonly timeoutMs: number; readonly config: ProcessConfig },
    onResult: (result: ProbeResult) => void,
  ): () => void;
  /** @throws the system call's error */
  listen(
    probe: Extract<ProbeSpec, { kind: 'notify' | 'fd' }>,
    how: { readonly config: ProcessConfig },
    onReady: () => void,
  ): ReadyChannel;
  /** A function that takes output and tells whether a whole line of it matches. */
  matchLines(pattern: string, how: { readonly config: ProcessConfig }): (channel: Channel, data: Buffer) => boolean;
}

export interface ReadinessOptions {
  readonly prober: Prober;
  readonly log: Log;
  readonly configOf: (id: string) => ProcessConfig | undefined;
  readonly subscribe: (id: string, channel: Channel, listener: (data: Buffer) => void) => () => void;
  readonly answer: (id: string, input: Extract<CheckInput, { kind: 'answered' | 'told' }>) => void;
}

const NOTHING: Omit<SpawnExtras, 'stdin'> = { environment: {}, fds: new Map() };
const CHANNELS: readonly Channel[] = ['stdout', 'stderr'];

/** Asks processes how they are, and hears what they say of it themselves. */
export class Readiness {
  readonly #options: ReadinessOptions;
  /** Checks under way, by id. */
  readonly #asking = new Map<string, () => void>();
  readonly #channels = new Map<string, ReadyChannel>();
  readonly #lineWatches = new Map<string, () => void>();

  constructor(options: ReadinessOptions) {
    this.#options = options;
  }

  /** Before a start: what the program needs to tell that it is ready. @throws the system call's error */
  prepare(id: string): Omit<SpawnExtras, 'stdin'> {
    const config = this.#options.configOf(id);
    const probe = config?.ready_check;
    this.#stopListening(id);
    if (config === undefined || probe === null || probe === undefined || isPolled(probe)) return NOTHING;
    if (probe.kind === 'log') {
      this.#watchLines(id, probe.pattern, config);
      return NOTHING;
    }
    const channel = this.#options.prober.listen(probe, { config }, () => this.#tell(id));
    this.#channels.set(id, channel);
    return channel.extras;
  }

  /** The start has been tried; null: it failed. */
  started(id: string, pid: number | null): void {
    if (pid === null) this.#stopListening(id);
    else this.#channels.get(id)?.begin(pid);
  }

  /** The program is gone. */
  ended(id: string): void {
    this.hush(id);
    this.#stopListening(id);
  }

  ask(id: string, check: CheckKind): void {
    const config = this.#options.configOf(id);
    const probe = check === 'ready' ? config?.ready_check : config?.health_check;
    if (config === undefined || probe === null || probe === undefined || !isPolled(probe)) {
      // Its configuration has changed since: nobody can be asked, and nothing is known against it.
      queueMicrotask(() => this.#options.answer(id, { kind: 'answered', check, ok: true, detail: '' }));
      return;
    }
    const how = { timeoutMs: config.health_timeout * 1000, config };
    const cancel = this.#options.prober.ask(probe, how, ({ ok, detail }) => {
      this.#asking.delete(id);
      this.#options.log('debug', `${check} check of '${config.name}': ${ok ? 'ok' : detail}`);
      this.#options.answer(id, { kind: 'answered', check, ok, detail });
    });
    this.#asking.set(id, cancel);
  }

  hush(id: string): void {
    this.#asking.get(id)?.();
    this.#asking.delete(id);
  }

  #watchLines(id: string, pattern: string, config: ProcessConfig): void {
    const { prober, subscribe } = this.#options;
    const matches = prober.matchLines(pattern, { config });
    const ends = CHANNELS.map((channel) =>
      subscribe(id, channel, (data) => {
        if (!matches(channel, data)) return;
        this.#stopWatching(id);
        this.#tell(id);
      }),
    );
    this.#lineWatches.set(id, () => {
      for (const end of ends) end();
    });
  }

  /** Its channel stays open: what a program says later must not fail. */
  #tell(id: string): void {
    this.#options.answer(id, { kind: 'told' });
  }

  #stopListening(id: string): void {
    this.#channels.get(id)?.close();
    this.#channels.delete(id);
    this.#stopWatching(id);
  }

  #stopWatching(id: string): void {
    this.#lineWatches.get(id)?.();
    this.#lineWatches.delete(id);
  }
}
