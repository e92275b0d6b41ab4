import type { Config } from '../config/config.ts';
import { nextCronTime } from '../config/cron.ts';
import type { Clock } from '../model/clock.ts';
import type { DeadlineTimer } from '../os/clock.ts';
import { memberId } from './policies.ts';

/** The wall clock may be set meanwhile; cron looks as often. */
const LONGEST_SLEEP_MS = 60_000;

interface Entry {
  readonly expression: string;
  /** Milliseconds since the epoch; null: never again. */
  readonly at: number | null;
}

export interface SchedulerContext {
  readonly clock: Clock;
  createTimer(onDue: () => void): DeadlineTimer;
  readonly onDue: (id: string) => void;
}

/** When programs with a schedule are to start; wakes up for nobody else. */
export class Scheduler {
  readonly #context: SchedulerContext;
  readonly #timer: DeadlineTimer;
  #entries = new Map<string, Entry>();

  constructor(context: SchedulerContext) {
    this.#context = context;
    this.#timer = context.createTimer(() => this.#look());
  }

  /** Takes the schedules of another configuration; times that have come until now are past. */
  apply({ groups }: Pick<Config, 'groups'>): void {
    const now = this.#context.clock.wallMs();
    const entries = new Map<string, Entry>();
    for (const { name, processes } of groups) {
      for (const { name: process, schedule } of processes) {
        if (schedule === null) continue;
        entries.set(memberId(name, process), { expression: schedule, at: nextCronTime(schedule, now) });
      }
    }
    this.#entries = entries;
    this.#arm(now);
  }

  /** When a process is to start next, in milliseconds since the epoch; null: it has no schedule. */
  nextOf(id: string): number | null {
    return this.#entries.get(id)?.at ?? null;
  }

  #look(): void {
    const now = this.#context.clock.wallMs();
    const due: string[] = [];
    for (const [id, { expression, at }] of this.#entries) {
      if (at !== null && at <= now) due.push(id);
      // Also of those that are not due: a clock that was set back brings earlier times again.
      this.#entries.set(id, { expression, at: nextCronTime(expression, now) });
    }
    this.#arm(now);
    for (const id of due) this.#context.onDue(id);
  }

  #arm(now: number): void {
    const times = [...this.#entries.values()].flatMap(({ at }) => at ?? []);
    const { clock } = this.#context;
    if (times.length === 0) this.#timer.set(null);
    else this.#timer.set(clock.monotonicMs() + Math.min(Math.max(Math.min(...times) - now, 0), LONGEST_SLEEP_MS));
  }
}
