import { ConnectionClosed, MalformedReply } from './errors.ts';

export interface ReplyHead {
  readonly status: number;
  readonly reason: string;
  /** The connection may carry another request afterwards. */
  readonly keepAlive: boolean;
}

type Part = 'head' | 'chunk size' | 'chunk' | 'chunk end' | 'trailer' | 'counted' | 'endless' | 'done';

const MAX_LINE_BYTES = 64 * 1024;
const NEWLINE = 10;

/** Takes one HTTP reply apart as its bytes come in. Source: RFC 9112. */
export class HttpReplyReader {
  #head: ReplyHead | null = null;
  readonly #onBody: (bytes: Uint8Array) => void;
  readonly #lines: string[] = [];
  #part: Part = 'head';
  #line = '';
  /** Bytes left of the chunk or of the whole body. */
  #left = 0;

  /** `onBody` gets each piece of the body, out of its chunks. */
  constructor(onBody: (bytes: Uint8Array) => void) {
    this.#onBody = onBody;
  }

  /** Null until the whole head is there. */
  get head(): ReplyHead | null {
    return this.#head;
  }

  get done(): boolean {
    return this.#part === 'done';
  }

  push(bytes: Uint8Array): void {
    let at = 0;
    while (at < bytes.length && this.#part !== 'done') {
      if (this.#part === 'endless') at = this.#takeBody(bytes, at, bytes.length);
      else if (this.#part === 'counted' || this.#part === 'chunk') at = this.#takeCounted(bytes, at);
      else at = this.#takeLine(bytes, at);
    }
  }

  /**
   * The connection has ended.
   * @throws ConnectionClosed when that was too early.
   */
  end(): void {
    if (this.#part === 'endless') this.#part = 'done';
    if (this.#part !== 'done') throw new ConnectionClosed();
  }

  #takeBody(bytes: Uint8Array, from: number, to: number): number {
    if (to > from) this.#onBody(bytes.subarray(from, to));
    return to;
  }

  #takeCounted(bytes: Uint8Array, at: number): number {
    const end = Math.min(bytes.length, at + this.#left);
    this.#left -= end - at;
    this.#takeBody(bytes, at, end);
    if (this.#left === 0) this.#part = this.#part === 'chunk' ? 'chunk end' : 'done';
    return end;
  }

  #takeLine(bytes: Uint8Array, at: number): number {
    const newline = bytes.indexOf(NEWLINE, at);
    const end = newline < 0 ? bytes.length : newline;
    if (this.#line.length + end - at > MAX_LINE_BYTES) throw new MalformedReply('a line of the head has no end');
    // Heads are ASCII, and a TextDecoder costs a short command a millisecond.
    for (let i = at; i < end; i++) this.#line += String.fromCharCode(bytes[i] ?? 0);
    if (newline < 0) return end;
    const line = this.#line.endsWith('\r') ? this.#line.slice(0, -1) : this.#line;
    this.#line = '';
    this.#endLine(line);
    return newline + 1;
  }

  #endLine(line: string): void {
    if (this.#part === 'chunk size') this.#startChunk(line);
    else if (this.#part === 'chunk end') this.#part = 'chunk size';
    else if (this.#part === 'trailer') this.#part = line === '' ? 'done' : 'trailer';
    else if (line !== '') this.#lines.push(line);
    else this.#endHead();
  }

  #startChunk(line: string): void {
    const size = /^\s*([0-9a-f]{1,8})\s*(;.*)?$/i.exec(line)?.[1];
    if (size === undefined) throw new MalformedReply(`"${line.slice(0, 40)}" is no size of a chunk`);
    this.#left = Number.parseInt(size, 16);
    this.#part = this.#left === 0 ? 'trailer' : 'chunk';
  }

  #header(name: string): string | null {
    const line = this.#lines.find((one) => one.slice(0, name.length + 1).toLowerCase() === `${name}:`);
    return line === undefined ? null : line.slice(name.length + 1).trim();
  }

  #endHead(): void {
    const [, minor, status, reason = ''] = /^HTTP\/1\.(\d) (\d{3})(?: (.*))?$/.exec(this.#lines[0] ?? '') ?? [];
    if (status === undefined) throw new MalformedReply(`"${(this.#lines[0] ?? '').slice(0, 40)}" is no HTTP status`);
    const length = this.#header('content-length');
    const connection = this.#header('connection')?.toLowerCase() ?? '';
    const chunked = this.#header('transfer-encoding')?.toLowerCase() === 'chunked';
    const bounded = chunked || length !== null;
    const persistent = minor === '0' ? connection === 'keep-alive' : connection !== 'close';
    this.#head = { status: Number(status), reason, keepAlive: persistent && bounded };
    if (chunked) this.#part = 'chunk size';
    else if (length === null) this.#part = 'endless';
    else this.#startCounted(length);
  }

  #startCounted(length: string): void {
    if (!/^\d{1,15}$/.test(length)) throw new MalformedReply(`"${length.slice(0, 40)}" is no length`);
    this.#left = Number(length);
    this.#part = this.#left === 0 ? 'done' : 'counted';
  }
}

/** Collects the bodies of replies that are read as a whole. */
export class BodyCollector {
  readonly #pieces: Uint8Array[] = [];

  add(bytes: Uint8Array): void {
    // The caller may use its buffer again.
    this.#pieces.push(bytes.slice());
  }

  text(): string {
    if (this.#pieces.length === 1) return new TextDecoder().decode(this.#pieces[0]);
    const decoder = new TextDecoder();
    return this.#pieces.map((piece) => decoder.decode(piece, { stream: true })).join('') + decoder.decode();
  }
}
