import { isSystemError } from '../os/fds.ts';
import type { Files } from '../os/files.ts';
import type { Native, SinkId } from '../os/native.ts';

/** Bytes that a pipe takes as a whole or not at all. Source: pipe(7), PIPE_BUF. */
const ATOMIC_BYTES = 4096;

export interface StdinContext {
  readonly native: Pick<Native, 'close' | 'sinkOpenFile' | 'sinkOpenDescriptor' | 'sinkWrite' | 'sinkClose'>;
  readonly files: Pick<Files, 'writeToDescriptor'>;
}

/** How much goes in one write that is never cut short; it ends between two characters. */
function atomicLength(data: Buffer): number {
  let length = Math.min(data.length, ATOMIC_BYTES);
  while (((data[length] ?? 0) & 0xc0) === 0x80) length--;
  return length;
}

/** Our end of the pipe to a program's stdin. */
export class ChildStdin {
  readonly #fd: number;
  readonly #context: StdinContext;
  /** There once the pipe was full: from then on everything goes through it, in order. */
  #sink: SinkId | null = null;

  constructor(fd: number, context: StdinContext) {
    this.#fd = fd;
    this.#context = context;
  }

  /** Never blocks: what the pipe has no room for is written when it has. */
  write(text: string): 'sent' | 'closed' {
    if (this.#sink !== null) return this.#queue(text);
    const data = Buffer.from(text);
    const atomic = atomicLength(data);
    try {
      this.#context.files.writeToDescriptor(this.#fd, data.subarray(0, atomic));
      return atomic === data.length ? 'sent' : this.#queue(data.toString('utf8', atomic));
    } catch (error) {
      if (!isSystemError(error)) throw error;
      return error.code === 'EAGAIN' ? this.#queue(text) : 'closed';
    }
  }

  close(): void {
    if (this.#sink !== null) this.#context.native.sinkClose(this.#sink);
    this.#context.native.close(this.#fd);
  }

  #queue(text: string): 'sent' {
    this.#sink ??= this.#open();
    this.#context.native.sinkWrite(this.#sink, text);
    return 'sent';
  }

  /** A descriptor of the sink's own, for what it still holds must not go to whoever gets this number next. */
  #open(): SinkId {
    const { native } = this.#context;
    try {
      return native.sinkOpenFile({ path: `/proc/self/fd/${this.#fd}`, maxBytes: 0, backups: 0 });
    } catch (error) {
      // Without /proc there is only the number.
      if (!isSystemError(error)) throw error;
      return native.sinkOpenDescriptor(this.#fd);
    }
  }
}
