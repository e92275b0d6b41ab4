import type { Native, StreamId } from '../os/native.ts';
import { lastLine } from './printable.ts';

/** Enough for a last line, also where what a command says of itself is long. */
const REMEMBERED_BYTES = 4096;
const MAX_LINE = 200;

/** Where the pump's events of one stream are led to. */
export interface StreamRoutes {
  add(stream: StreamId, target: { handleData(data: Buffer): void; handleEnd(): void }): void;
  remove(stream: StreamId): void;
}

export interface OutputContext {
  readonly native: Pick<Native, 'streamOpen' | 'streamDrain' | 'streamTail' | 'streamForget'>;
  readonly streams: StreamRoutes;
}

/** The newest output of a command. The pump's thread reads it, so however much it is costs the event loop nothing. */
export class NewestOutput {
  readonly #context: OutputContext;
  readonly #stream: StreamId;
  readonly #ended: Promise<void>;

  /**
   * Owns the read end of the pipe from now on.
   * @throws the system call's error; then the descriptor stays the caller's
   */
  constructor(context: OutputContext, fd: number) {
    this.#context = context;
    const kept = { sink: null, tap: false, transform: false, console: null, memoryBytes: REMEMBERED_BYTES };
    const stream = context.native.streamOpen({ fd, ...kept });
    this.#stream = stream;
    this.#ended = new Promise((resolve) => {
      context.streams.add(stream, { handleData: () => undefined, handleEnd: resolve });
    });
  }

  /** Settles once all that is in the pipe now has been read; whoever still writes to it is not waited for. */
  drain(): Promise<void> {
    this.#context.native.streamDrain(this.#stream);
    return this.#ended;
  }

  lastLine(): string {
    return lastLine(this.#context.native.streamTail(this.#stream, REMEMBERED_BYTES), MAX_LINE);
  }

  /** Reads no more. To be called once, at the end. */
  forget(): void {
    this.#context.streams.remove(this.#stream);
    this.#context.native.streamForget(this.#stream);
  }
}
