import { shortNamespec, splitNamespec } from '../model/namespec.ts';

/** Names beyond this are only counted. */
const MOST_NAMES = 24;

/** Names of processes as people write them: `worker:* (8)` for all of a group. */
export class PlanNames {
  readonly #sizes = new Map<string, number>();

  constructor(ids: Iterable<string>) {
    for (const id of ids) {
      const { group } = splitNamespec(id);
      this.#sizes.set(group, (this.#sizes.get(group) ?? 0) + 1);
    }
  }

  /** In the order given, a whole group where its first one stands; `suffix` follows each name. */
  render(ids: readonly string[], suffix = ''): string {
    const found = new Map<string, number>();
    for (const id of ids) {
      const { group } = splitNamespec(id);
      found.set(group, (found.get(group) ?? 0) + 1);
    }
    const isWhole = (group: string) => (found.get(group) ?? 0) > 1 && found.get(group) === this.#sizes.get(group);
    const names = new Set(
      ids.map((id) => {
        const { group } = splitNamespec(id);
        return isWhole(group) ? `${group}:*${suffix} (${found.get(group)})` : `${shortNamespec(id)}${suffix}`;
      }),
    );
    const shown = [...names].slice(0, MOST_NAMES).join(', ');
    return names.size > MOST_NAMES ? `${shown} and ${names.size - MOST_NAMES} more` : shown;
  }
}

/** Ids under what is said of them, in the order in which each is said first. */
export function groupBy(ids: readonly string[], say: (id: string) => string): ReadonlyMap<string, readonly string[]> {
  const groups = new Map<string, string[]>();
  for (const id of ids) {
    const known = groups.get(say(id));
    if (known === undefined) groups.set(say(id), [id]);
    else known.push(id);
  }
  return groups;
}
