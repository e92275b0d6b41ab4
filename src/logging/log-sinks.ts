import type { FileSinkOptions, Native, SinkId } from '../os/native.ts';
import { ownDescriptor } from './own-descriptor.ts';

type SinkCalls = Pick<Native, 'sinkOpenFile' | 'sinkOpenDescriptor' | 'sinkReopen' | 'sinkClear' | 'sinkClose'>;

interface OpenFile {
  readonly path: string;
  readonly sink: SinkId;
  users: number;
}

/** Every log that is open, one sink a path: two programs may share a rotating file. */
export class LogSinks {
  readonly #native: SinkCalls;
  readonly #byPath = new Map<string, OpenFile>();
  readonly #bySink = new Map<SinkId, OpenFile>();
  readonly #descriptors = new Map<1 | 2, SinkId>();

  constructor(native: SinkCalls) {
    this.#native = native;
  }

  /** @throws the system call's error (EISDIR, EACCES, ENOENT…) when the file cannot be opened */
  open(options: FileSinkOptions): SinkId {
    const fd = ownDescriptor(options.path);
    if (fd !== null) return this.openDescriptor(fd);
    const known = this.#byPath.get(options.path);
    if (known !== undefined) {
      known.users += 1;
      return known.sink;
    }
    const file = { path: options.path, sink: this.#native.sinkOpenFile(options), users: 1 };
    this.#byPath.set(file.path, file);
    this.#bySink.set(file.sink, file);
    return file.sink;
  }

  /** The container's own stdout or stderr; it stays open for good. */
  openDescriptor(fd: 1 | 2): SinkId {
    const sink = this.#descriptors.get(fd) ?? this.#native.sinkOpenDescriptor(fd);
    this.#descriptors.set(fd, sink);
    return sink;
  }

  /** What was queued is written first. */
  close(sink: SinkId): void {
    const file = this.#bySink.get(sink);
    if (file === undefined) return;
    file.users -= 1;
    if (file.users > 0) return;
    this.#byPath.delete(file.path);
    this.#bySink.delete(sink);
    this.#native.sinkClose(sink);
  }

  /** Deletes its file and opens it again. @throws the system call's error */
  clear(sink: SinkId): void {
    this.#native.sinkClear(sink);
  }

  /** Path of a sink, or `stdout`, `stderr`, for messages; null: it is no log. */
  nameOf(sink: SinkId): string | null {
    const file = this.#bySink.get(sink);
    if (file !== undefined) return file.path;
    if (this.#descriptors.get(1) === sink) return 'stdout';
    return this.#descriptors.get(2) === sink ? 'stderr' : null;
  }

  /** Closes every file and opens it again by its name, after somebody moved it away. */
  reopenAll(): void {
    for (const sink of this.#bySink.keys()) this.#native.sinkReopen(sink);
  }
}
