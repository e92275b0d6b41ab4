const NEWLINE = 0x0a;

/** Puts lines together from chunks; one of more than `maxBytes` comes in parts. */
export class LineSplitter {
  readonly #maxBytes: number;
  #held = Buffer.alloc(0);

  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes;
  }

  /** Lines without their ends. */
  push(chunk: Buffer): Buffer[] {
    const lines: Buffer[] = [];
    let data = this.#held.length === 0 ? chunk : Buffer.concat([this.#held, chunk]);
    for (;;) {
      const newline = data.indexOf(NEWLINE);
      const length = newline < 0 ? data.length : newline;
      if (length > this.#maxBytes) {
        lines.push(data.subarray(0, this.#maxBytes));
        data = data.subarray(this.#maxBytes);
      } else if (newline >= 0) {
        lines.push(data.subarray(0, newline));
        data = data.subarray(newline + 1);
      } else break;
    }
    // A copy: the chunk it is part of would stay in memory as long.
    this.#held = Buffer.from(data);
    return lines;
  }

  /** A last line without an end. */
  end(): Buffer[] {
    const held = this.#held;
    this.#held = Buffer.alloc(0);
    return held.length === 0 ? [] : [held];
  }
}
