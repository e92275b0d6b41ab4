import { parseDecimal } from '../config/python-text.ts';

/** `f`: follow; a number: so many bytes from the end, 0 for all; null: neither. */
export type TailModifier = 'f' | number | null;

/** Reads `-f` or `-100`. */
export function parseModifier(word: string): TailModifier {
  const what = word.slice(1);
  return what === 'f' ? 'f' : parseDecimal(what);
}

/** Bytes that a log's end is shown of, when nobody says how many. */
export const DEFAULT_TAIL_BYTES = 1600;

/** The offset that asks for the last `bytes`; there is no -0 on the wire. */
export function offsetOf(bytes: number): number {
  return bytes === 0 ? 0 : -bytes;
}
