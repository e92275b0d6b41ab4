import { pythonQuote as quote } from '../model/python-quote.ts';
import { ValueError } from './python-text.ts';

/** One `%…` directive, parsed. */
export interface Directive {
  /** Text between the parentheses, null without them. */
  readonly name: string | null;
  readonly flags: string;
  readonly width: number;
  /** -1: not given. */
  readonly precision: number;
  readonly type: string;
  /** Index of the type character. */
  readonly typeAt: number;
  /** Index after it. */
  readonly end: number;
}

// Above these the real one builds megabytes of padding: a mistake, not a wish.
const MAX_WIDTH = 65_536;
const MAX_PRECISION = 100;

/** Index after the parenthesis that closes the one before `start`; nested ones count. */
function closeOf(format: string, start: number): number {
  let depth = 1;
  for (let at = start; at < format.length; at++) {
    if (format[at] === '(') depth++;
    else if (format[at] === ')' && --depth === 0) return at + 1;
  }
  throw new ValueError('incomplete format key');
}

const SIZES = /([-+ #0]*)(\*|\d*)(?:(\.)(\*|\d*))?[hlL]?/y;

function parseSize(text: string | undefined, limit: number, what: string): number {
  if (text === '*') throw new ValueError('* wants int');
  const size = Number(text ?? '');
  if (size > limit) throw new ValueError(`${what} too big`);
  return size;
}

/** Parses the directive whose `%` stands before `start`. Source: Python unicode_format_arg_parse. */
export function parseDirective(format: string, start: number): Directive {
  let at = start;
  let name: string | null = null;
  if (format[at] === '(') {
    const close = closeOf(format, at + 1);
    name = format.slice(at + 1, close - 1);
    at = close;
  }
  SIZES.lastIndex = at;
  const sizes = SIZES.exec(format);
  const typeAt = at + (sizes?.[0].length ?? 0);
  const type = String.fromCodePoint(format.codePointAt(typeAt) ?? 0);
  if (typeAt >= format.length) throw new ValueError('incomplete format');
  return {
    name,
    flags: sizes?.[1] ?? '',
    width: parseSize(sizes?.[2], MAX_WIDTH, 'width'),
    precision: sizes?.[3] === undefined ? -1 : parseSize(sizes[4], MAX_WIDTH, 'precision'),
    type,
    typeAt,
    end: typeAt + type.length,
  };
}

function pad(sign: string, body: string, directive: Directive, numeric: boolean): string {
  const missing = directive.width - sign.length - body.length;
  if (missing <= 0) return sign + body;
  if (directive.flags.includes('-')) return sign + body + ' '.repeat(missing);
  if (numeric && directive.flags.includes('0')) return sign + '0'.repeat(missing) + body;
  return ' '.repeat(missing) + sign + body;
}

function signOf(value: number, flags: string): string {
  if (value < 0) return '-';
  if (flags.includes('+')) return '+';
  return flags.includes(' ') ? ' ' : '';
}

const RADIX: Readonly<Record<string, { base: number; prefix: string }>> = {
  d: { base: 10, prefix: '' },
  i: { base: 10, prefix: '' },
  u: { base: 10, prefix: '' },
  o: { base: 8, prefix: '0o' },
  x: { base: 16, prefix: '0x' },
  X: { base: 16, prefix: '0X' },
};

function formatInteger(value: number, directive: Directive): string {
  const radix = RADIX[directive.type] ?? { base: 10, prefix: '' };
  const digits = Math.abs(value).toString(radix.base).padStart(directive.precision, '0');
  const prefix = directive.flags.includes('#') ? radix.prefix : '';
  const body = directive.type === 'X' ? digits.toUpperCase() : digits;
  return pad(signOf(value, directive.flags) + prefix, body, directive, true);
}

/** Two digits of exponent at least, as C prints it. */
function exponential(value: number, precision: number): string {
  return value.toExponential(precision).replace(/e([+-])(\d)$/, 'e$10$2');
}

function general(value: number, precision: number, keepZeros: boolean): string {
  const digits = precision === 0 ? 1 : precision;
  const exponent = Number(value.toExponential(digits - 1).split('e')[1]);
  const fixed = exponent >= -4 && exponent < digits;
  const text = fixed ? value.toFixed(digits - 1 - exponent) : exponential(value, digits - 1);
  return keepZeros || !text.includes('.') ? text : text.replace(/\.?0+(?=e|$)/, '');
}

function formatReal(value: number, directive: Directive): string {
  const precision = Math.min(directive.precision < 0 ? 6 : directive.precision, MAX_PRECISION);
  const size = Math.abs(value);
  const alternate = directive.flags.includes('#');
  const kind = directive.type.toLowerCase();
  let body = general(size, precision, alternate);
  if (kind === 'f') body = size.toFixed(precision);
  if (kind === 'e') body = exponential(size, precision);
  if (alternate && !body.includes('.')) body = body.replace(/^\d+/, '$&.');
  return pad(signOf(value, directive.flags), directive.type === kind ? body : body.toUpperCase(), directive, true);
}

function formatText(text: string, directive: Directive): string {
  const cut = directive.precision < 0 ? text : [...text].slice(0, directive.precision).join('');
  return pad('', cut, directive, false);
}

/** What a directive may meet: a value, or something else known by its type only, which no numeric directive takes. */
type Argument = string | number | { readonly typeName: string };

function formatCharacter(value: Argument, directive: Directive): string {
  if (typeof value === 'number') return pad('', String.fromCodePoint(value), directive, false);
  if (typeof value !== 'string' || [...value].length !== 1) throw new ValueError('%c requires int or char');
  return pad('', value, directive, false);
}

function requireNumber(value: Argument, type: string): number {
  if (typeof value === 'number') return value;
  const name = typeof value === 'string' ? 'str' : value.typeName;
  if ('diu'.includes(type)) throw new ValueError(`%${type} format: a real number is required, not ${name}`);
  if ('oxX'.includes(type)) throw new ValueError(`%${type} format: an integer is required, not ${name}`);
  throw new ValueError(`must be real number, not ${name}`);
}

function plainText(value: Argument): string {
  return typeof value === 'object' ? value.typeName : String(value);
}

/** One value as a directive asks. Throws a ValueError with Python's reason. Source: printf-style String Formatting. */
export function formatValue(value: Argument, directive: Directive): string {
  const { type } = directive;
  if (type === 's') return formatText(plainText(value), directive);
  if (type === 'r' || type === 'a')
    return formatText(typeof value === 'string' ? quote(value) : plainText(value), directive);
  if (type === 'c') return formatCharacter(value, directive);
  if (type in RADIX) return formatInteger(requireNumber(value, type), directive);
  if ('eEfFgG'.includes(type)) return formatReal(requireNumber(value, type), directive);
  const code = type.codePointAt(0) ?? 0;
  const shown = code >= 31 && code <= 126 ? type : '?';
  throw new ValueError(`unsupported format character '${shown}' (0x${code.toString(16)}) at index ${directive.typeAt}`);
}
