import { readFileSync } from 'node:fs';

/** What Node puts for bytes that are no UTF-8. */
const REPLACEMENT = '\ufffd';

/** A text's UTF-8, one byte a character. */
export function toBytes(text: string): string {
  return Buffer.from(text).toString('latin1');
}

/** The last words of this process's own command line as they were given, one byte a character. */
export function ownWordBytes(words: readonly string[]): readonly string[] {
  if (words.some((word) => word.includes(REPLACEMENT))) {
    try {
      return readFileSync('/proc/self/cmdline', 'latin1').split('\0').slice(0, -1).slice(-words.length);
    } catch {
      // Without /proc they are lost.
    }
  }
  return words.map(toBytes);
}
