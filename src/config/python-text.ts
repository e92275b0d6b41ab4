/** Thrown by a value type for text that it does not accept; the message is Supervisor's own. */
export class ValueError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'ValueError';
  }
}

// What str.isspace() is true for. String.trim differs: it takes U+FEFF and leaves U+001C to U+001F and U+0085.
const SPACE = '\\t-\\r\\x1c-\\x20\\x85\\xa0\\u1680\\u2000-\\u200a\\u2028\\u2029\\u202f\\u205f\\u3000';
const LEADING = new RegExp(`^[${SPACE}]+`, 'u');
const SPACE_CHARACTER = new RegExp(`[${SPACE}]`, 'u');

/** Whether one character is whitespace. Source: Python str.isspace. */
export function isSpace(character: string): boolean {
  if (character === ' ' || character === '\t' || character === '\n') return true;
  if (character > ' ' && character < '\x7f') return false;
  return SPACE_CHARACTER.test(character);
}

/** Removes whitespace at the end. A loop, as an anchored pattern takes quadratic time on long runs of blanks inside. */
export function stripEnd(text: string): string {
  let end = text.length;
  while (end > 0 && isSpace(text.charAt(end - 1))) end--;
  return text.slice(0, end);
}

/** Source: Python str.strip. */
export function strip(text: string): string {
  return stripEnd(text.replace(LEADING, ''));
}

const DECIMAL = /^[+-]?\d+(?:_\d+)*$/;
const OCTAL = /^[+-]?(?:0[oO]_?)?[0-7]+(?:_[0-7]+)*$/;

/** Reads a whole number, kept within what a number holds exactly; null when it is none. Source: Python int(text). */
export function parseDecimal(text: string): number | null {
  const bare = strip(text);
  if (!DECIMAL.test(bare)) return null;
  const number = Number(bare.replaceAll('_', ''));
  return Math.max(Number.MIN_SAFE_INTEGER, Math.min(number, Number.MAX_SAFE_INTEGER));
}

/** Reads a whole number in base 8; null when it is none. Source: Python int(text, 8). */
export function parseOctal(text: string): number | null {
  const bare = strip(text);
  if (!OCTAL.test(bare)) return null;
  const digits = Number.parseInt(
    bare
      .replace(/^[+-]/, '')
      .replace(/^0[oO]/, '')
      .replaceAll('_', ''),
    8,
  );
  return bare.startsWith('-') ? -digits : digits;
}
