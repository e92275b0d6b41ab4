import { pythonQuote as quote } from '../model/python-quote.ts';
import type { ValueType } from './option.ts';
import { strip, ValueError } from './python-text.ts';

/** `KEY: value` after a comma begins another header; any other comma belongs to the value. Source: RFC 9110, 5.6.2. */
const SEPARATOR = /\n|,\s*(?=[!#$%&'*+.^_`|~\w-]+:\s)/;
const HEADER = /^([!#$%&'*+.^_`|~\w-]+):\s*(.*)$/;
// Control characters would end the header; what is beyond Latin-1 no header can hold.
const UNSENDABLE = /[^\t\x20-\x7e\xa0-\xff]/;
/** Set by whoever sends the request. */
const RESERVED = new Set(['content-length', 'transfer-encoding', 'connection', 'expect', 'upgrade']);

/** Errors never show a value, which may be a password. */
function parseHeader(text: string): readonly [name: string, value: string] {
  const [, name, value = ''] = HEADER.exec(text) ?? [];
  if (name === undefined) throw new ValueError('not a valid list of headers: each is `Name: value`');
  if (UNSENDABLE.test(value)) throw new ValueError(`header ${quote(name)} has characters that cannot be sent`);
  if (RESERVED.has(name.toLowerCase())) throw new ValueError(`header ${quote(name)} cannot be set`);
  return [name, strip(value)];
}

/** Headers of a request by name. */
export const httpHeaders: ValueType<Readonly<Record<string, string>>> = {
  name: 'list of `Name: value`',
  parse: (value) => {
    const parts = value
      .split(SEPARATOR)
      .map(strip)
      .filter((part) => part !== '');
    return Object.fromEntries(parts.map(parseHeader));
  },
};

/** An absolute http or https URL. The text of an error does not repeat it, as it may hold a password. */
export const hookUrl: ValueType<string> = {
  name: 'URL',
  parse: (value) => {
    if (!/^https?:\/\//i.test(value) || !URL.canParse(value)) throw new ValueError('not a valid http or https URL');
    return value;
  },
};
