/** Kept back from the budget for what SIGKILL needs: processes to die and be reaped, logs to be written. */
const RESERVE_FRACTION = 0.1;
const RESERVE_AT_MOST_MS = 1000;

/** Milliseconds of a whole shutdown's budget that layers may wait; Infinity without a budget. */
export function waitableMs(budgetMs: number | null): number {
  if (budgetMs === null) return Infinity;
  return budgetMs - Math.min(budgetMs * RESERVE_FRACTION, RESERVE_AT_MOST_MS);
}

/** Milliseconds of a drain: stopping keeps at least half of the budget. */
export function drainableMs(wantedMs: number, budgetMs: number | null): number {
  return Math.min(wantedMs, budgetMs === null ? Infinity : budgetMs / 2);
}

/**
 * Milliseconds that the next layer may wait for its programs to stop, out of what remains.
 * When all remaining layers together want more than that, each is cut in proportion to what it wants.
 * @param wantedMs longest stopwaitsecs of each remaining layer, the next one first
 */
export function layerShareMs(remainingMs: number, wantedMs: readonly number[]): number {
  const total = wantedMs.reduce((sum, wanted) => sum + wanted, 0);
  const next = wantedMs[0] ?? 0;
  if (total <= remainingMs) return next;
  return Math.max(0, (remainingMs * next) / total);
}
