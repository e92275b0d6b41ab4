import { isUtf8 } from 'node:buffer';
import { malformed } from './malformed.ts';
import type { XmlRpcValue } from './value.ts';

const BLANK = /^[ \t\r\n]+|[ \t\r\n]+$/g;

function readInt(text: string): number {
  const digits = text.replace(BLANK, '');
  const value = /^[+-]?\d{1,16}$/.test(digits) ? Number(digits) : Number.NaN;
  if (!Number.isSafeInteger(value)) throw malformed(`not an integer that it can hold: ${text.slice(0, 40)}`);
  return value;
}

function readDouble(text: string): number {
  const digits = text.replace(BLANK, '');
  const value = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d{1,4})?$/.test(digits) ? Number(digits) : Number.NaN;
  if (!Number.isFinite(value)) throw malformed(`not a double: ${text.slice(0, 40)}`);
  return value;
}

function readBoolean(text: string): boolean {
  if (text !== '0' && text !== '1') throw malformed(`not a boolean: ${text.slice(0, 40)}`);
  return text === '1';
}

function readBase64(text: string): string {
  const digits = text.replace(/[ \t\r\n]+/g, '');
  if (digits.length % 4 !== 0 || !/^[A-Za-z0-9+/]*={0,2}$/.test(digits)) throw malformed('not base64');
  const bytes = Buffer.from(digits, 'base64');
  if (!isUtf8(bytes)) throw malformed('its base64 is not UTF-8 text');
  return bytes.toString('utf8');
}

function readDate(text: string): string {
  if (!/^\d{8}T\d\d:\d\d:\d\d$/.test(text)) throw malformed(`not a date: ${text.slice(0, 40)}`);
  return text;
}

const READERS: ReadonlyMap<string, (text: string) => XmlRpcValue> = new Map<string, (text: string) => XmlRpcValue>([
  ['string', (text) => text],
  ['int', readInt],
  ['i4', readInt],
  ['i8', readInt],
  ['boolean', readBoolean],
  ['double', readDouble],
  ['base64', readBase64],
  ['dateTime.iso8601', readDate],
]);

/**
 * The value of a type's element that holds `text` only; integers may be as wide as a number holds exactly.
 * @throws InitvisorError MALFORMED_XMLRPC, also for a type that is not known, as nil.
 */
export function readScalar(type: string, text: string): XmlRpcValue {
  const read = READERS.get(type);
  if (read === undefined) throw malformed(`there is no type ${type.slice(0, 40)}`);
  return read(text);
}
