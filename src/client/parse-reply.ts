import { MalformedReply, RpcFault } from './errors.ts';
import { isStruct, type WireValue } from './wire-value.ts';

const ENTITIES: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" };
const MAX_DEPTH = 64;
const SPACE = 0x20;

function decodeEntity(entity: string, name: string): string {
  const code = /^#x[0-9a-f]{1,6}$/i.test(name)
    ? Number.parseInt(name.slice(2), 16)
    : /^#\d{1,7}$/.test(name)
      ? Number(name.slice(1))
      : -1;
  if (code >= 0 && code <= 0x10ffff) return String.fromCodePoint(code);
  const known = ENTITIES[name];
  if (known === undefined) throw new MalformedReply(`unknown entity ${entity}`);
  return known;
}

function unescapeText(text: string): string {
  return text.includes('&') ? text.replace(/&([^;&]*);/g, decodeEntity) : text;
}

function parseInteger(text: string): number {
  if (!/^\s*[+-]?\d+\s*$/.test(text)) throw new MalformedReply(`"${text}" is no integer`);
  return Number(text);
}

function parseDouble(text: string): number {
  const value = Number(text);
  if (text.trim() === '' || Number.isNaN(value)) throw new MalformedReply(`"${text}" is no number`);
  return value;
}

function parseFlag(text: string): boolean {
  const digit = text.trim();
  if (digit !== '0' && digit !== '1') throw new MalformedReply(`"${text}" is no boolean`);
  return digit === '1';
}

function parseBytes(text: string): Uint8Array {
  try {
    return Uint8Array.from(atob(text), (character) => character.charCodeAt(0));
  } catch {
    throw new MalformedReply('what should be base64 is not');
  }
}

const SCALARS: Readonly<Record<string, (text: string) => WireValue>> = {
  string: (text) => text,
  int: parseInteger,
  i4: parseInteger,
  i8: parseInteger,
  double: parseDouble,
  boolean: parseFlag,
  'dateTime.iso8601': (text) => text,
  base64: parseBytes,
};

/** Reads tags and text of one document from left to right. */
class Reader {
  readonly #xml: string;
  #at = 0;

  constructor(xml: string) {
    this.#xml = xml;
  }

  /** Text up to the next tag, unescaped. */
  text(): string {
    const end = this.#xml.indexOf('<', this.#at);
    if (end < 0) throw new MalformedReply('it ends too early');
    const text = this.#xml.slice(this.#at, end);
    this.#at = end;
    return unescapeText(text);
  }

  /** The tag that comes next after blanks, without its brackets; it is not taken. */
  peek(): string {
    const blank = this.text();
    if (blank.trim() !== '') throw new MalformedReply(`text between tags: "${blank.trim().slice(0, 40)}"`);
    return this.#tagAt();
  }

  #tagAt(): string {
    const end = this.#xml.indexOf('>', this.#at);
    if (end < 0) throw new MalformedReply('it ends within a tag');
    return this.#xml.slice(this.#at + 1, end).trimEnd();
  }

  /** Goes past the tag at this very place. */
  skipTag(): void {
    this.#at = this.#xml.indexOf('>', this.#at) + 1;
  }

  /** Whether exactly this tag stands here; the common case, without a copy of any text. */
  #isHere(tag: string): boolean {
    while (this.#xml.charCodeAt(this.#at) <= SPACE) this.#at++;
    const end = this.#at + 1 + tag.length;
    return this.#xml[this.#at] === '<' && this.#xml[end] === '>' && this.#xml.startsWith(tag, this.#at + 1);
  }

  take(tag: string): void {
    const found = this.#isHere(tag) ? tag : this.peek();
    if (found !== tag) throw new MalformedReply(`<${found.slice(0, 40)}> where <${tag}> should be`);
    this.skipTag();
  }

  /** Whether the tag comes next; if so it is taken. */
  takeIf(tag: string): boolean {
    const found = this.#isHere(tag) || this.peek() === tag;
    if (found) this.skipTag();
    return found;
  }

  value(depth = 0): WireValue {
    if (depth > MAX_DEPTH) throw new MalformedReply('values are nested too deeply');
    if (!this.#isHere('value') && this.takeIf('value/')) return '';
    this.take('value');
    const text = this.text();
    // Text without a type is a string.
    const value = this.#tagAt() === '/value' ? text : this.#typed(depth);
    this.take('/value');
    return value;
  }

  #typed(depth: number): WireValue {
    const tag = this.peek();
    this.skipTag();
    if (tag === 'struct') return this.#struct(depth);
    if (tag === 'array') return this.#array(depth);
    if (tag === 'string/' || tag === 'base64/') return tag === 'string/' ? '' : new Uint8Array();
    if (tag === 'struct/') return {};
    const parse = SCALARS[tag];
    if (parse === undefined) throw new MalformedReply(`unknown type <${tag.slice(0, 40)}>`);
    const value = parse(this.text());
    this.take(`/${tag}`);
    return value;
  }

  #struct(depth: number): WireValue {
    const struct: { [name: string]: WireValue } = {};
    while (!this.takeIf('/struct')) {
      this.take('member');
      this.take('name');
      const name = this.text();
      this.take('/name');
      const value = this.value(depth + 1);
      // Assigned, that one would become the prototype.
      if (name === '__proto__') Object.defineProperty(struct, name, { value, enumerable: true });
      else struct[name] = value;
      this.take('/member');
    }
    return struct;
  }

  #array(depth: number): WireValue {
    const values: WireValue[] = [];
    if (this.takeIf('data/')) return this.#endArray(values);
    this.take('data');
    while (!this.takeIf('/data')) values.push(this.value(depth + 1));
    return this.#endArray(values);
  }

  #endArray(values: readonly WireValue[]): WireValue {
    this.take('/array');
    return values;
  }
}

function toFault(value: WireValue): RpcFault {
  if (isStruct(value)) {
    const { faultCode, faultString } = value;
    if (typeof faultCode === 'number' && typeof faultString === 'string') return new RpcFault(faultCode, faultString);
  }
  return new RpcFault(0, 'a fault without code and text');
}

/**
 * The value in a reply's body. Control characters are taken as they are, though XML forbids them: logs have them.
 * @throws RpcFault for a fault, MalformedReply for anything that is no XML-RPC reply.
 */
export function parseReply(xml: string): WireValue {
  const reader = new Reader(xml);
  while (reader.peek().startsWith('?') || reader.peek().startsWith('!')) reader.skipTag();
  reader.take('methodResponse');
  const isFault = reader.takeIf('fault');
  if (!isFault) {
    reader.take('params');
    reader.take('param');
  }
  const value = reader.value();
  for (const tag of isFault ? ['/fault'] : ['/param', '/params']) reader.take(tag);
  reader.take('/methodResponse');
  if (isFault) throw toFault(value);
  return value;
}
