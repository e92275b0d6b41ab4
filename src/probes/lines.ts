/** Of a longer line the rest is thrown away. */
const MAX_LINE_BYTES = 64 * 1024;
const FIRST_CAPACITY = 256;
const NEWLINE = 0x0a;

const render = (bytes: Buffer): string => {
  const line = bytes.toString('utf8');
  return line.endsWith('\r') ? line.slice(0, -1) : line;
};

/** Cuts bytes into lines, wherever they were cut before. */
export class Lines {
  #kept = Buffer.alloc(0);
  #length = 0;

  /** Lines that are whole by now, without their ends. */
  take(data: Buffer): string[] {
    const lines: string[] = [];
    let from = 0;
    for (let at = data.indexOf(NEWLINE); at >= 0; at = data.indexOf(NEWLINE, from)) {
      lines.push(this.#finish(data.subarray(from, at)));
      from = at + 1;
    }
    this.#keep(data.subarray(from));
    return lines;
  }

  #finish(end: Buffer): string {
    if (this.#length === 0) return render(end.subarray(0, MAX_LINE_BYTES));
    this.#keep(end);
    const line = render(this.#kept.subarray(0, this.#length));
    this.#length = 0;
    return line;
  }

  #keep(piece: Buffer): void {
    const wanted = Math.min(this.#length + piece.length, MAX_LINE_BYTES);
    if (wanted > this.#kept.length) this.#grow(wanted);
    piece.copy(this.#kept, this.#length, 0, wanted - this.#length);
    this.#length = wanted;
  }

  #grow(wanted: number): void {
    const larger = Buffer.alloc(Math.min(Math.max(wanted, 2 * this.#kept.length, FIRST_CAPACITY), MAX_LINE_BYTES));
    this.#kept.copy(larger, 0, 0, this.#length);
    this.#kept = larger;
  }
}
