import { isUtf8 } from 'node:buffer';
import { pythonQuoteBytes } from './python-quote.ts';

/** UTF-8 as text, and bytes that are not UTF-8 as `Undecodable: b'…'`. Source: supervisor/events.py. */
export function decodeText(data: Buffer): string {
  return isUtf8(data) ? data.toString('utf8') : `Undecodable: ${pythonQuoteBytes(data)}`;
}
