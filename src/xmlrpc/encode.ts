import type { XmlRpcStruct, XmlRpcValue } from './value.ts';

const HEADER = "<?xml version='1.0'?>\n";
/** Markup, then what XML cannot hold: lone surrogates, two non-characters, and controls but for tab and line ends. */
const SPECIAL = /[&<>\p{Cs}\ufffe\uffff]|[^\P{Cc}\t\n\r\x7f-\x9f]/u;
const ALL_SPECIAL = new RegExp(SPECIAL, 'gu');
const REFERENCES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;' };

/** Characters of a message that are turned into bytes at a time. */
const PIECE_LENGTH = 32 * 1024;

/** What stands before each member's value, made once for all structs of a message. */
type MemberHeads = Map<string, string>;

function escapeText(text: string): string {
  if (!SPECIAL.test(text)) return text;
  return text.replace(ALL_SPECIAL, (found) => REFERENCES[found] ?? '\ufffd');
}

function encodeNumber(value: number): string {
  // Beyond 32 bits it is an <int> all the same: who asks for an int gets one, and every common client reads it
  // (Python, Go, PHP, Ruby, Node), whereas <i8> and <double> are unknown or of another type to some of them.
  if (Number.isSafeInteger(value)) return `int>${value}</int></value>\n`;
  if (!Number.isFinite(value)) throw new Error(`internal error: cannot encode ${value}: XML-RPC has no such number`);
  return `double>${value}</double></value>\n`;
}

function headOf(name: string, heads: MemberHeads): string {
  const known = heads.get(name);
  if (known !== undefined) return known;
  const head = `<member>\n<name>${escapeText(name)}</name>\n<value><`;
  heads.set(name, head);
  return head;
}

function encodeStruct(struct: XmlRpcStruct, heads: MemberHeads): string {
  let members = 'struct>\n';
  for (const name of Object.keys(struct)) {
    const value = struct[name];
    if (value !== undefined) members += `${headOf(name, heads) + encodeRest(value, heads)}</member>\n`;
  }
  return `${members}</struct></value>\n`;
}

function encodeArray(values: readonly XmlRpcValue[], heads: MemberHeads): string {
  let items = 'array><data>\n';
  for (const value of values) items += `<value><${encodeRest(value, heads)}`;
  return `${items}</data></array></value>\n`;
}

function isArray(value: readonly XmlRpcValue[] | XmlRpcStruct): value is readonly XmlRpcValue[] {
  return Array.isArray(value);
}

/** All of a value that follows `<value><`: the fewer pieces, the sooner V8 has them in a row. */
function encodeRest(value: XmlRpcValue, heads: MemberHeads): string {
  switch (typeof value) {
    case 'string':
      return `string>${escapeText(value)}</string></value>\n`;
    case 'number':
      return encodeNumber(value);
    case 'boolean':
      return value ? 'boolean>1</boolean></value>\n' : 'boolean>0</boolean></value>\n';
    default:
      return isArray(value) ? encodeArray(value, heads) : encodeStruct(value, heads);
  }
}

const encodeValue = (value: XmlRpcValue): string => `<value><${encodeRest(value, new Map())}`;

/**
 * A response in Supervisor's own layout, byte for byte; a character that XML cannot hold becomes U+FFFD.
 * Source: Python xmlrpc.client dumps.
 */
export function encodeResponse(value: XmlRpcValue): string {
  return `${HEADER}<methodResponse>\n<params>\n<param>\n${encodeValue(value)}</param>\n</params>\n</methodResponse>\n`;
}

/**
 * The same in bytes. A long array is turned into them piece by piece: V8 takes longest over strings that are large.
 */
export function encodeResponseBytes(value: XmlRpcValue): Buffer {
  if (typeof value !== 'object' || !isArray(value)) return Buffer.from(encodeResponse(value));
  const heads: MemberHeads = new Map();
  const pieces: Buffer[] = [];
  let piece = `${HEADER}<methodResponse>\n<params>\n<param>\n<value><array><data>\n`;
  for (const item of value) {
    piece += `<value><${encodeRest(item, heads)}`;
    if (piece.length < PIECE_LENGTH) continue;
    pieces.push(Buffer.from(piece));
    piece = '';
  }
  pieces.push(Buffer.from(`${piece}</data></array></value>\n</param>\n</params>\n</methodResponse>\n`));
  return pieces.length === 1 && pieces[0] !== undefined ? pieces[0] : Buffer.concat(pieces);
}

/** A response that tells of a failure. */
export function encodeFault(code: number, text: string): string {
  const fault = encodeValue({ faultCode: code, faultString: text });
  return `${HEADER}<methodResponse>\n<fault>\n${fault}</fault>\n</methodResponse>\n`;
}

/** A request, laid out as Supervisor's client does. */
export function encodeCall(method: string, params: readonly XmlRpcValue[]): string {
  const list = params.map((param) => `<param>\n${encodeValue(param)}</param>\n`).join('');
  const name = `<methodName>${escapeText(method)}</methodName>\n`;
  return `${HEADER}<methodCall>\n${name}<params>\n${list}</params>\n</methodCall>\n`;
}
