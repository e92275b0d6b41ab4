import type { ProcessInfo } from '../client/supervisor-api.ts';
import { splitNamespec } from '../model/namespec.ts';

export interface Selection {
  readonly infos: readonly ProcessInfo[];
  /** A line for each name that nothing has. */
  readonly unknown: readonly string[];
}

/** The processes that names mean, in the names' order; no name and `all` mean every process. */
export function selectProcesses(all: readonly ProcessInfo[], names: readonly string[]): Selection {
  if (names.length === 0 || names.includes('all')) return { infos: all, unknown: [] };
  const unknown: string[] = [];
  const infos = names.flatMap((name) => {
    const { group, process } = splitNamespec(name);
    const found = all.filter((info) => info.group === group && (process === undefined || info.name === process));
    if (found.length === 0)
      unknown.push(process === undefined ? `${group}: ERROR (no such group)` : `${name}: ERROR (no such process)`);
    return found;
  });
  return { infos, unknown };
}
