/** Unit in which `len` counts a payload. Supervisor on Python 3 counts characters, on Python 2 bytes. */
export type LengthUnit = 'characters' | 'bytes';

/** Bytes of a UTF-8 character, by its first one; 1 for what can be no first byte. */
function bytesOfCharacter(first: number): number {
  if (first >= 0xf0) return 4;
  if (first >= 0xe0) return 3;
  return first >= 0xc0 ? 2 : 1;
}

/** Where so many characters from the start of `bytes` end; null when they are not all there. */
function endOfCharacters(bytes: Uint8Array, count: number): number | null {
  let at = 0;
  for (let seen = 0; seen < count; seen++) {
    const first = bytes[at];
    if (first === undefined) return null;
    at += bytesOfCharacter(first);
  }
  return at <= bytes.length ? at : null;
}

const NEWLINE = 10;

/** Cuts what comes in, in whatever pieces, into lines and payloads. */
export class InputReader {
  readonly #chunks: AsyncIterator<Uint8Array | string>;
  readonly #decoder = new TextDecoder();
  readonly #encoder = new TextEncoder();
  #held: Uint8Array = new Uint8Array();

  constructor(input: AsyncIterable<Uint8Array | string>) {
    this.#chunks = input[Symbol.asyncIterator]();
  }

  /** The next line without its end; null at the end of the input. */
  async line(): Promise<string | null> {
    const bytes = await this.#take((held) => {
      const end = held.indexOf(NEWLINE);
      return end < 0 ? null : end + 1;
    });
    return bytes === null ? null : this.#decoder.decode(bytes.subarray(0, -1));
  }

  /** So many characters or bytes; null when the input ends before them. */
  async payload(length: number, unit: LengthUnit): Promise<string | null> {
    const bytes = await this.#take((held) => {
      if (unit === 'characters') return endOfCharacters(held, length);
      return length <= held.length ? length : null;
    });
    return bytes === null ? null : this.#decoder.decode(bytes);
  }

  async #take(findEnd: (held: Uint8Array) => number | null): Promise<Uint8Array | null> {
    let end = findEnd(this.#held);
    while (end === null) {
      const next = await this.#chunks.next();
      if (next.done === true) return null;
      this.#add(typeof next.value === 'string' ? this.#encoder.encode(next.value) : next.value);
      end = findEnd(this.#held);
    }
    const taken = this.#held.subarray(0, end);
    this.#held = this.#held.subarray(end);
    return taken;
  }

  #add(chunk: Uint8Array): void {
    const joined = new Uint8Array(this.#held.length + chunk.length);
    joined.set(this.#held);
    joined.set(chunk, this.#held.length);
    this.#held = joined;
  }
}
