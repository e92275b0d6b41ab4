/** Puts a name before each line of a stream that comes in pieces; a line is held back until it is whole. */
export class LinePrefixer {
  readonly #prefix: string;
  readonly #write: (text: string) => void;
  readonly #decoder = new TextDecoder();
  #open = '';

  constructor(prefix: string, write: (text: string) => void) {
    this.#prefix = prefix;
    this.#write = write;
  }

  push(bytes: Uint8Array): void {
    const lines = (this.#open + this.#decoder.decode(bytes, { stream: true })).split('\n');
    this.#open = lines.pop() ?? '';
    if (lines.length > 0) this.#write(lines.map((line) => `${this.#prefix}${line}\n`).join(''));
  }

  /** The last line, though it has no end. */
  end(): void {
    if (this.#open !== '') this.#write(`${this.#prefix}${this.#open}\n`);
    this.#open = '';
  }
}
