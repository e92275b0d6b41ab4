import { pythonQuote as quote } from '../model/python-quote.ts';
import { isSpace, strip, stripEnd } from './python-text.ts';

/** One logical option with its continuation lines joined by newlines. */
export interface ScannedOption {
  readonly key: string;
  readonly value: string;
  /** Line of the key, from 1. */
  readonly line: number;
}

/** One header with the options up to the next header. */
export interface ScannedSection {
  readonly name: string;
  readonly line: number;
  readonly options: readonly ScannedOption[];
}

/** A line that is no header, option or continuation; `text` includes its newline. */
export interface BadLine {
  readonly line: number;
  readonly text: string;
}

export interface Scan {
  readonly sections: readonly ScannedSection[];
  /** Lines without a delimiter; the rest was read all the same. */
  readonly bad: readonly BadLine[];
  /** First line of content, when it stands before any header; nothing after it was read. */
  readonly headless: BadLine | null;
}

interface OpenOption {
  readonly key: string;
  readonly parts: string[];
  readonly line: number;
}

interface OpenSection {
  readonly name: string;
  readonly line: number;
  readonly options: OpenOption[];
}

/**
 * Where the inline comment starts, -1 without one.
 * `;` and `#` are looked for in rounds and the first round with a hit after whitespace decides, so a later comment may
 * survive. Source: Python configparser.RawConfigParser._read.
 */
function inlineCommentStart(line: string): number {
  let semicolon = line.indexOf(';');
  let hash = line.indexOf('#');
  while (semicolon >= 0 || hash >= 0) {
    const hits = [semicolon, hash].filter((at) => at === 0 || (at > 0 && isSpace(line.charAt(at - 1))));
    if (hits.length > 0) return Math.min(...hits);
    semicolon = semicolon < 0 ? -1 : line.indexOf(';', semicolon + 1);
    hash = hash < 0 ? -1 : line.indexOf('#', hash + 1);
  }
  return -1;
}

/** What a line says without its comment; `comment` is true when there was one. */
function contentOf(line: string): { text: string; comment: boolean } {
  const trimmed = strip(line);
  if (trimmed.startsWith('#') || trimmed.startsWith(';')) return { text: '', comment: true };
  const at = inlineCommentStart(line);
  return at < 0 ? { text: trimmed, comment: false } : { text: strip(line.slice(0, at)), comment: true };
}

function indentOf(line: string): number {
  let at = 0;
  while (at < line.length && isSpace(line.charAt(at))) at++;
  return at;
}

/** Up to the last `]`, whatever follows it. */
function headerName(text: string): string | null {
  const end = text.lastIndexOf(']');
  return text.startsWith('[') && end > 1 ? text.slice(1, end) : null;
}

function splitOption(text: string): { key: string; value: string } | null {
  const at = text.search(/[=:]/);
  return at < 0 ? null : { key: stripEnd(text.slice(0, at)).toLowerCase(), value: strip(text.slice(at + 1)) };
}

class Scanner {
  readonly sections: OpenSection[] = [];
  readonly bad: BadLine[] = [];
  #option: OpenOption | null = null;
  #indent = 0;

  /** False when the line stands before any header. */
  take(line: string, number: number, ended: boolean): boolean {
    const { text, comment } = contentOf(line);
    if (text === '') {
      if (!comment) this.#option?.parts.push('');
      return true;
    }
    const indent = indentOf(line);
    if (this.#option !== null && indent > this.#indent) {
      this.#option.parts.push(text);
      return true;
    }
    this.#indent = indent;
    return this.#takeStart(text, { line: number, text: ended ? `${line}\n` : line });
  }

  #takeStart(text: string, source: BadLine): boolean {
    const name = headerName(text);
    if (name !== null) {
      this.sections.push({ name, line: source.line, options: [] });
      this.#option = null;
      return true;
    }
    const section = this.sections.at(-1);
    if (section === undefined) return false;
    const option = splitOption(text);
    if (option === null || option.key === '') this.bad.push(source);
    if (option !== null && option.key !== '') {
      this.#option = { key: option.key, parts: [option.value], line: source.line };
      section.options.push(this.#option);
    }
    return true;
  }
}

function closeSection(section: OpenSection): ScannedSection {
  const options = section.options.map(({ key, parts, line }) => ({ key, line, value: stripEnd(parts.join('\n')) }));
  return { name: section.name, line: section.line, options };
}

/** Splits a file into headers and logical options by the rules of Supervisor's dialect, in linear time. */
export function scanIni(text: string): Scan {
  const lines = text.split(/\r\n|\r|\n/);
  const scanner = new Scanner();
  let headless: BadLine | null = null;
  for (const [index, line] of lines.entries()) {
    const ended = index < lines.length - 1;
    if (scanner.take(line, index + 1, ended)) continue;
    headless = { line: index + 1, text: ended ? `${line}\n` : line };
    break;
  }
  return { sections: scanner.sections.map(closeSection), bad: scanner.bad, headless };
}

/** Supervisor's text for a file whose first content is no header. */
export function renderHeadless(file: string, line: BadLine): string {
  return `File contains no section headers.\nfile: ${quote(file)}, line: ${line.line}\n${quote(line.text)}`;
}

/** Supervisor's text for lines that could not be read. */
export function renderBadLines(file: string, lines: readonly BadLine[]): string {
  const rows = lines.map((bad) => `\n\t[line ${String(bad.line).padStart(2)}]: ${quote(bad.text)}`);
  return `Source contains parsing errors: ${quote(file)}${rows.join('')}`;
}
