import type { StreamId } from '../os/native.ts';

/** Who takes what a stream of the pump brings. */
export interface OutputTarget {
  handleData(data: Buffer): void;
  handleEnd(): void;
}

/** Leads what the pump hands over to the stream that it belongs to, which may outlive its process by some bytes. */
export class OutputRoutes {
  readonly #targets = new Map<StreamId, OutputTarget>();

  add(stream: StreamId, target: OutputTarget): void {
    this.#targets.set(stream, target);
  }

  remove(stream: StreamId): void {
    this.#targets.delete(stream);
  }

  deliver(stream: StreamId, data: Buffer): void {
    this.#targets.get(stream)?.handleData(data);
  }

  handleEnd(stream: StreamId): void {
    this.#targets.get(stream)?.handleEnd();
  }
}
