import { type ProcessPolicy, stopTimeMs } from '../core/process-state.ts';
import { waitableMs } from '../core/shutdown-plan.ts';
import type { Clock, MonotonicMs } from '../model/clock.ts';
import { SIGNAL_NUMBERS } from '../model/signals.ts';
import type { DeadlineTimer } from '../os/clock.ts';
import { renderProcesses } from '../os/process-table.ts';
import { type SignalOutcome, Stragglers, type StragglersContext } from './stragglers.ts';

/** For orphans that no program owns, and those of a program that is not configured any more: as long as s6-overlay gives. */
const UNOWNED_WAIT_MS = 3000;
/** For SIGKILL to do its work; whom the kernel does not let go of by then is left. */
const KILL_MS = 500;

export interface AftermathContext extends StragglersContext {
  readonly clock: Pick<Clock, 'monotonicMs'>;
  createTimer(onDue: () => void): DeadlineTimer;
  readonly policyOf: (id: string) => Pick<ProcessPolicy, 'name' | 'stopSteps'> | undefined;
}

/**
 * What comes after the last stop: whoever is left of programs that ended by themselves some time, as a daemon does that
 * goes to the background. Each gets its program's stop signal, and SIGKILL when its stopwaitsecs are over.
 */
export class Aftermath {
  readonly #context: AftermathContext;
  readonly #timer: DeadlineTimer;
  readonly #left = new Map<string | null, Stragglers>();
  /** Owners of whom nobody that is left may be signalled. */
  readonly #refused = new Set<string | null>();
  #phase: 'before' | 'waiting' | 'killing' | 'over' = 'before';
  #endsUnowned = false;
  /** When the last is killed at the latest. */
  #killsBy: MonotonicMs = Infinity;
  #finish: () => void = () => undefined;

  constructor(context: AftermathContext) {
    this.#context = context;
    this.#timer = context.createTimer(() => this.#handleDue());
  }

  /** A shutdown begins: milliseconds for the whole of it, null for no limit. */
  setBudget(budgetMs: number | null): void {
    this.#killsBy = this.#context.clock.monotonicMs() + waitableMs(budgetMs);
  }

  /** From now on nobody is waited for. */
  hurry(): void {
    this.#killsBy = 0;
  }

  /** Settles when all are gone. `unowned`: also orphans that no program owns. Called once. */
  begin(unowned: boolean): Promise<void> {
    const { descendants, clock } = this.#context;
    if (!descendants.look()) return Promise.resolve();
    const now = clock.monotonicMs();
    this.#endsUnowned = unowned;
    const waits = [...descendants.owners()]
      .filter((owner) => this.#concerns(owner))
      .map((owner) => this.#waitMs(owner));
    const killAt = Math.min(now + Math.max(0, ...waits), this.#killsBy);
    this.#phase = killAt <= now ? 'killing' : 'waiting';
    return new Promise((resolve) => {
      this.#finish = resolve;
      this.#timer.set(this.#phase === 'killing' ? now + KILL_MS : killAt);
      this.settle();
    });
  }

  /** Somebody has ended. */
  settle(): void {
    const { descendants } = this.#context;
    if (this.#phase === 'before' || this.#phase === 'over' || !descendants.look()) return;
    for (const [owner, left] of this.#left) if (!left.settle()) this.#left.delete(owner);
    for (const owner of descendants.owners()) if (this.#concerns(owner) && !this.#left.has(owner)) this.#take(owner);
    if (this.#left.size === 0 && !descendants.isUnsure) this.#end();
  }

  #concerns(owner: string | null): boolean {
    return (owner !== null || this.#endsUnowned) && !this.#refused.has(owner);
  }

  #waitMs(owner: string | null): number {
    const policy = owner === null ? undefined : this.#context.policyOf(owner);
    return policy === undefined ? UNOWNED_WAIT_MS : stopTimeMs(policy);
  }

  #take(owner: string | null): void {
    const { descendants, log } = this.#context;
    const policy = owner === null ? undefined : this.#context.policyOf(owner);
    const name = owner === null ? 'orphans that no program owns' : `what '${policy?.name ?? owner}' left behind`;
    const left = new Stragglers(this.#context, { owner, name, group: null, groupSignal: null });
    this.#left.set(owner, left);
    if (this.#phase === 'killing') {
      this.#judge(owner, left, left.kill());
      return;
    }
    const who = descendants.find(owner) ?? [];
    if (who.length > 0) log('info', `waiting for ${name} to die: ${renderProcesses(who)}`);
    this.#judge(owner, left, left.tell(policy?.stopSteps[0]?.signal ?? SIGNAL_NUMBERS.SIGTERM));
  }

  #judge(owner: string | null, left: Stragglers, outcome: SignalOutcome): void {
    if (outcome.kind === 'sent') return;
    this.#left.delete(owner);
    if (outcome.kind === 'groupGone') return;
    this.#refused.add(owner);
    this.#context.log('warn', `cannot kill ${left.name}: ${outcome.errno}`);
  }

  #handleDue(): void {
    if (this.#phase === 'killing') {
      this.#end();
      return;
    }
    this.#phase = 'killing';
    this.#timer.set(this.#context.clock.monotonicMs() + KILL_MS);
    for (const [owner, left] of this.#left) this.#judge(owner, left, left.kill());
    this.settle();
  }

  #end(): void {
    this.#phase = 'over';
    this.#timer.set(null);
    this.#finish();
  }
}
