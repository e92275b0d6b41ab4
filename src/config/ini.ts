import { parse } from 'ini';
import { type BadLine, type ScannedSection, scanIni } from './scan.ts';

export interface IniOption {
  readonly key: string;
  readonly value: string;
  readonly line: number;
}

export interface IniSection {
  readonly name: string;
  readonly line: number;
  /** In the file's order; a key may come twice. */
  readonly options: readonly IniOption[];
}

export interface IniFile {
  readonly sections: readonly IniSection[];
  readonly bad: readonly BadLine[];
  readonly headless: BadLine | null;
}

// The `ini` package splits section names at dots, turns `key[]` into lists and `true` into a boolean, and leaves out
// `__proto__`. A name that is percent-encoded, a key that ends in its line and a value that starts with `=` meet none
// of these rules, so what is written here is read back exactly.
function encodeName(section: ScannedSection): string {
  return `${section.line}:${encodeURIComponent(section.name).replaceAll('.', '%2E')}`;
}

// The two separators end a line for the package's pattern, and `=` would end the key; JSON leaves all three alone.
function encodeText(text: string): string {
  return JSON.stringify(text).replaceAll('\u2028', '\\u2028').replaceAll('\u2029', '\\u2029');
}

function encodeSection(section: ScannedSection): string {
  const lines = [`[${encodeName(section)}]`];
  for (const { key, value, line } of section.options)
    lines.push(`${encodeText(`${key}@${line}`)}=${encodeText(`=${value}`)}`);
  return lines.join('\n');
}

function decodeOption(encoded: string, value: unknown): IniOption {
  if (typeof value !== 'string') throw new Error(`internal error: option ${encoded} was read back as ${typeof value}`);
  const at = encoded.lastIndexOf('@');
  return { key: encoded.slice(0, at), line: Number(encoded.slice(at + 1)), value: value.slice(1) };
}

function decodeSection(encoded: string, options: unknown): IniSection {
  if (typeof options !== 'object' || options === null) throw new Error(`internal error: section ${encoded} was lost`);
  const colon = encoded.indexOf(':');
  return {
    name: decodeURIComponent(encoded.slice(colon + 1)),
    line: Number(encoded.slice(0, colon)),
    options: Object.entries(options).map(([key, value]) => decodeOption(key, value)),
  };
}

/** Reads one file's sections and options, with the line of each. */
export function parseIni(text: string): IniFile {
  const { sections, bad, headless } = scanIni(text);
  const tree: Readonly<Record<string, unknown>> = parse(sections.map(encodeSection).join('\n'));
  return { sections: Object.entries(tree).map(([name, options]) => decodeSection(name, options)), bad, headless };
}
