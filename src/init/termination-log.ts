/** Kubernetes reads this many bytes of /dev/termination-log and no more. */
const MAX_BYTES = 4096;

/** Where Kubernetes mounts it. */
export const DEFAULT_TERMINATION_LOG = '/dev/termination-log';

/**
 * Why the container ends, and the last lines of the program that caused it: at most 4096 bytes of UTF-8, the newest
 * lines kept whole.
 */
export function renderTerminationMessage(why: string, output: string): string {
  const head = `${why}\n`;
  const lines = output.split('\n');
  if (lines.at(-1) === '') lines.pop();
  let room = MAX_BYTES - Buffer.byteLength(head);
  const kept: string[] = [];
  for (const line of lines.reverse()) {
    room -= Buffer.byteLength(line) + 1;
    if (room < 0) break;
    kept.unshift(`${line}\n`);
  }
  return truncate(head + kept.join(''), MAX_BYTES);
}

function truncate(text: string, bytes: number): string {
  const encoded = Buffer.from(text);
  if (encoded.length <= bytes) return text;
  // A character cut in half decodes to a replacement mark, which goes.
  return encoded.subarray(0, bytes).toString('utf8').replace(/�+$/, '');
}
