import type { WireValue } from './wire-value.ts';

const ESCAPES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '\r': '&#13;' };

function escapeText(text: string): string {
  // A bare carriage return would reach the other side as a newline.
  return text.replace(/[&<>\r]/g, (character) => ESCAPES[character] ?? character);
}

function encodeNumber(value: number): string {
  if (!Number.isInteger(value)) return `<double>${value}</double>`;
  if (value !== (value | 0)) throw new RangeError('cannot encode the number: XML-RPC integers have 32 bits');
  return `<int>${value}</int>`;
}

function encodeBytes(bytes: Uint8Array): string {
  return `<base64>${btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(''))}</base64>`;
}

function encodeValue(value: WireValue): string {
  if (typeof value === 'string') return `<value><string>${escapeText(value)}</string></value>`;
  if (typeof value === 'number') return `<value>${encodeNumber(value)}</value>`;
  if (typeof value === 'boolean') return `<value><boolean>${value ? 1 : 0}</boolean></value>`;
  if (value instanceof Uint8Array) return `<value>${encodeBytes(value)}</value>`;
  if (Array.isArray(value)) return `<value><array><data>${value.map(encodeValue).join('')}</data></array></value>`;
  const members = Object.entries(value).map(
    ([name, member]) => `<member><name>${escapeText(name)}</name>${encodeValue(member)}</member>`,
  );
  return `<value><struct>${members.join('')}</struct></value>`;
}

/**
 * The body of a call.
 * @throws RangeError for an integer beyond 32 bits.
 */
export function encodeCall(method: string, params: readonly WireValue[]): string {
  const list = params.map((param) => `<param>${encodeValue(param)}</param>`).join('');
  return `<?xml version='1.0'?>\n<methodCall><methodName>${escapeText(method)}</methodName><params>${list}</params></methodCall>\n`;
}
