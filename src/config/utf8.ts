import { ValueError } from './python-text.ts';

interface Sequence {
  readonly length: number;
  /** Limits of the second byte, which rule out overlong forms, surrogates and code points above U+10FFFF. */
  readonly low: number;
  readonly high: number;
}

function sequenceAt(lead: number): Sequence | null {
  if (lead < 0x80) return { length: 1, low: 0, high: 0 };
  if (lead >= 0xc2 && lead <= 0xdf) return { length: 2, low: 0x80, high: 0xbf };
  if (lead >= 0xe0 && lead <= 0xef)
    return { length: 3, low: lead === 0xe0 ? 0xa0 : 0x80, high: lead === 0xed ? 0x9f : 0xbf };
  if (lead >= 0xf0 && lead <= 0xf4)
    return { length: 4, low: lead === 0xf0 ? 0x90 : 0x80, high: lead === 0xf4 ? 0x8f : 0xbf };
  return null;
}

interface Fault {
  readonly start: number;
  readonly end: number;
  readonly reason: string;
}

function faultAt(bytes: Uint8Array, start: number): Fault | number {
  const sequence = sequenceAt(bytes[start] ?? 0);
  if (sequence === null) return { start, end: start + 1, reason: 'invalid start byte' };
  for (let i = 1; i < sequence.length; i++) {
    const byte = bytes[start + i];
    if (byte === undefined) return { start, end: start + i, reason: 'unexpected end of data' };
    const [low, high] = i === 1 ? [sequence.low, sequence.high] : [0x80, 0xbf];
    if (byte < low || byte > high) return { start, end: start + i, reason: 'invalid continuation byte' };
  }
  return start + sequence.length;
}

function describeFault(bytes: Uint8Array): string {
  let at = 0;
  while (at < bytes.length) {
    const next = faultAt(bytes, at);
    if (typeof next === 'number') {
      at = next;
      continue;
    }
    const hex = (bytes[at] ?? 0).toString(16).padStart(2, '0');
    const where =
      next.end - next.start === 1 ? `byte 0x${hex} in position ${at}` : `bytes in position ${at}-${next.end - 1}`;
    return `'utf-8' codec can't decode ${where}: ${next.reason}`;
  }
  return "'utf-8' codec can't decode the file";
}

/** Text of UTF-8 bytes; a byte order mark stays. Throws a ValueError in the words of Python's UnicodeDecodeError. */
export function decodeUtf8(bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    // The exception says only that the data is invalid: find out where.
    throw new ValueError(describeFault(bytes));
  }
}
