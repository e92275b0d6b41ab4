import { ValueError } from './python-text.ts';

// Punctuation that may stand in an unquoted word: paths, versions, lists of paths.
const EXTRA_WORD_CHARACTERS = '/.+-():';
const PLAIN = /[A-Za-z0-9_]/;
const LATIN = /[ß-öø-þÿÀ-ÖØ-Þ]/;

interface Token {
  text: string;
  /** Quotes were seen: an empty token counts. */
  quoted: boolean;
}

class Lexer {
  readonly #text: string;
  readonly #posix: boolean;
  #at = 0;
  #token: Token | null = null;
  readonly #tokens: Token[] = [];

  constructor(text: string, posix: boolean) {
    this.#text = text;
    this.#posix = posix;
  }

  run(): readonly string[] {
    while (this.#at < this.#text.length) this.#step(this.#text.charAt(this.#at++));
    this.#finish();
    return this.#tokens.map((token) => token.text);
  }

  #step(character: string): void {
    if (' \t\r\n'.includes(character)) this.#finish();
    else if (character === '#') this.#skipComment();
    else if (character === '"' || character === "'") this.#quote(character);
    else if (this.#posix && character === '\\') this.#escape();
    else if (this.#isWord(character)) this.#open().text += character;
    else {
      this.#finish();
      this.#tokens.push({ text: character, quoted: false });
    }
  }

  #isWord(character: string): boolean {
    if (PLAIN.test(character) || EXTRA_WORD_CHARACTERS.includes(character)) return true;
    return this.#posix && LATIN.test(character);
  }

  #open(): Token {
    this.#token ??= { text: '', quoted: false };
    return this.#token;
  }

  #finish(): void {
    if (this.#token !== null && (this.#token.text !== '' || this.#token.quoted)) this.#tokens.push(this.#token);
    this.#token = null;
  }

  /** The newline goes with the comment; in the old grammar a word before it goes on after it. */
  #skipComment(): void {
    const end = this.#text.indexOf('\n', this.#at);
    this.#at = end < 0 ? this.#text.length : end + 1;
    if (this.#posix) this.#finish();
  }

  #quote(mark: string): void {
    // In the old grammar a quote inside a word is a character like any other, and a quoted token ends at its mark.
    if (!this.#posix && this.#token !== null) this.#token.text += mark;
    else if (this.#posix) this.#quotePosix(mark);
    else this.#quoteOld(mark);
  }

  #quoteOld(mark: string): void {
    const end = this.#text.indexOf(mark, this.#at);
    if (end < 0) throw new ValueError('No closing quotation');
    this.#tokens.push({ text: this.#text.slice(this.#at - 1, end + 1), quoted: true });
    this.#at = end + 1;
  }

  #quotePosix(mark: string): void {
    const token = this.#open();
    token.quoted = true;
    for (;;) {
      if (this.#at >= this.#text.length) throw new ValueError('No closing quotation');
      const character = this.#text.charAt(this.#at++);
      if (character === mark) return;
      const next = this.#text.charAt(this.#at);
      if (mark === '"' && character === '\\') {
        if (next === '') throw new ValueError('No escaped character');
        token.text += next === '"' || next === '\\' ? next : `\\${next}`;
        this.#at++;
      } else token.text += character;
    }
  }

  #escape(): void {
    if (this.#at >= this.#text.length) throw new ValueError('No escaped character');
    this.#open().text += this.#text.charAt(this.#at++);
  }
}

/** Words and single punctuation characters, quotes and escapes taken away. Source: Python shlex.shlex, posix=True. */
export function splitTokens(text: string): readonly string[] {
  return new Lexer(text, true).run();
}

/** The same by the older rules: quotes stay in the tokens and nothing is escaped. Source: Python shlex.shlex. */
export function splitTokensOld(text: string): readonly string[] {
  return new Lexer(text, false).run();
}
