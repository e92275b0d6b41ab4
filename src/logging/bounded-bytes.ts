/**
 * The newest bytes of a capture. What would be too much drops as many bytes from the front as come in, so that one large
 * piece alone may exceed the bound. Source: supervisor/loggers.py BoundIO.
 */
export class BoundedBytes {
  readonly #maxBytes: number;
  #data = Buffer.alloc(0);

  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes;
  }

  append(data: Buffer): void {
    const tooMuch = this.#data.length + data.length > this.#maxBytes;
    this.#data = Buffer.concat([tooMuch ? this.#data.subarray(data.length) : this.#data, data]);
  }

  /** All of it; it is empty afterwards. */
  take(): Buffer {
    const data = this.#data;
    this.#data = Buffer.alloc(0);
    return data;
  }
}
