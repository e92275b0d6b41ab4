const ESCAPE = 0x1b;
const BRACKET = 0x5b;

/** Whether a byte goes on with a control sequence, ends it, or cannot belong to one. Source: ECMA-48, 5.4. */
function classify(byte: number): 'inside' | 'last' | 'foreign' {
  if (byte >= 0x20 && byte <= 0x3f) return 'inside';
  return byte >= 0x40 && byte <= 0x7e ? 'last' : 'foreign';
}

/**
 * Drops ANSI control sequences (`ESC[`…) from a stream, however it is split. Every final byte ends one, where upstream
 * knows 18 of them and goes on dropping text after the others.
 */
export class AnsiStripper {
  #state: 'text' | 'escape' | 'sequence' = 'text';

  push(data: Buffer): Buffer {
    if (this.#state === 'text' && !data.includes(ESCAPE)) return data;
    const parts: Buffer[] = [];
    let at = 0;
    while (at < data.length) {
      if (this.#state === 'text') at = this.#skipText(data, at, parts);
      else if (this.#state === 'escape') at = this.#afterEscape(data, at, parts);
      else at = this.#insideSequence(data, at);
    }
    return parts.length === 1 ? (parts[0] ?? data) : Buffer.concat(parts);
  }

  /** What was held back in case a sequence began there. */
  end(): Buffer {
    const held = this.#state === 'escape' ? Buffer.from([ESCAPE]) : Buffer.alloc(0);
    this.#state = 'text';
    return held;
  }

  #skipText(data: Buffer, from: number, parts: Buffer[]): number {
    const at = data.indexOf(ESCAPE, from);
    const end = at < 0 ? data.length : at;
    if (end > from) parts.push(data.subarray(from, end));
    if (at < 0) return end;
    this.#state = 'escape';
    return at + 1;
  }

  #afterEscape(data: Buffer, at: number, parts: Buffer[]): number {
    if (data[at] === BRACKET) {
      this.#state = 'sequence';
      return at + 1;
    }
    parts.push(Buffer.from([ESCAPE]));
    this.#state = 'text';
    return at;
  }

  #insideSequence(data: Buffer, at: number): number {
    const kind = classify(data[at] ?? 0);
    if (kind !== 'inside') this.#state = 'text';
    return kind === 'foreign' ? at : at + 1;
  }
}
