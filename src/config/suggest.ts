/** Edits from one word to the other, or `limit` + 1 when there are more. A swap of neighbours counts as one. */
function editDistance(a: string, b: string, limit: number): number {
  if (Math.abs(a.length - b.length) > limit) return limit + 1;
  let before: readonly number[] = [];
  let previous: readonly number[] = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const substituted = (previous[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1);
      const swapped = a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1] ? (before[j - 2] ?? limit) + 1 : limit + 1;
      row.push(
        Math.min(substituted, (previous[j] ?? 0) + 1, (row[j - 1] ?? 0) + 1, i > 1 && j > 1 ? swapped : limit + 1),
      );
    }
    before = previous;
    previous = row;
  }
  return Math.min(previous[b.length] ?? 0, limit + 1);
}

/** `; did you mean 'near'?` at the end of a message, or nothing. */
export function didYouMean(name: string, known: readonly string[]): string {
  const near = suggestName(name, known);
  return near === null ? '' : `; did you mean '${near}'?`;
}

/** The known name that a mistyped one most likely means, null when none is near. */
export function suggestName(name: string, known: readonly string[]): string | null {
  const limit = Math.max(1, Math.min(3, Math.floor(name.length / 3)));
  let best: { name: string; distance: number } | null = null;
  for (const candidate of known) {
    const distance = editDistance(name, candidate, best === null ? limit : best.distance - 1);
    if (distance <= (best === null ? limit : best.distance - 1)) best = { name: candidate, distance };
  }
  return best?.name ?? null;
}
