/** `group:process`, or the bare name when both are equal. Source: supervisor/options.py make_namespec. */
export function joinNamespec(group: string, process: string): string {
  return group === process ? process : `${group}:${process}`;
}

/**
 * Splits at the first colon. `process` is undefined for `group:*` and `group:`, which mean every process of the group.
 * Source: supervisor/options.py split_namespec.
 */
export function splitNamespec(text: string): { group: string; process: string | undefined } {
  const colon = text.indexOf(':');
  if (colon < 0) return { group: text, process: text };
  const process = text.slice(colon + 1);
  return { group: text.slice(0, colon), process: process === '' || process === '*' ? undefined : process };
}

/** `web` for `web:web`, everything else as it is: how people write the id of a process. */
export function shortNamespec(id: string): string {
  const { group, process } = splitNamespec(id);
  return process === undefined ? id : joinNamespec(group, process);
}
