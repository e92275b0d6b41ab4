import type { EventName } from '../model/event-types.ts';

/** Seconds between two ticks of each kind. */
export const TICK_SECONDS = { TICK_5: 5, TICK_60: 60, TICK_3600: 3600 } as const satisfies Partial<
  Record<EventName, number>
>;

export type TickName = keyof typeof TICK_SECONDS;

export const TICK_NAMES = ['TICK_5', 'TICK_60', 'TICK_3600'] as const satisfies readonly TickName[];

/** Seconds since the epoch at which the running period of each kind began; kinds that nobody hears are absent. */
export type TickSlices = Readonly<Partial<Record<TickName, number>>>;

export interface TickStep {
  readonly slices: TickSlices;
  /** `when`: seconds since the epoch, a multiple of the period. */
  readonly due: readonly { readonly name: TickName; readonly when: number }[];
  /** Milliseconds until there is something to look at again; null: never. */
  readonly waitMs: number | null;
}

/**
 * Compares the clock with what it showed the last time; the first look at a kind only remembers.
 * A clock that was set back ticks as well. Source: supervisor/supervisord.py tick.
 *
 * @param wallMs milliseconds since the epoch
 */
export function observeTicks(before: TickSlices, heard: readonly TickName[], wallMs: number): TickStep {
  const slices: Partial<Record<TickName, number>> = {};
  const due: { name: TickName; when: number }[] = [];
  let waitMs: number | null = null;
  for (const name of heard) {
    const seconds = TICK_SECONDS[name];
    const when = Math.floor(wallMs / 1000 / seconds) * seconds;
    if (before[name] !== undefined && before[name] !== when) due.push({ name, when });
    slices[name] = when;
    waitMs = Math.min(waitMs ?? Infinity, (when + seconds) * 1000 - wallMs);
  }
  return { slices, due, waitMs };
}
