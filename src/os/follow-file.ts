import { constants, type FSWatcher, watch } from 'node:fs';
import { type FileHandle, open, stat } from 'node:fs/promises';
import { basename, dirname } from 'node:path';
import { createClock, createTimer } from './clock.ts';
import { isSystemError } from './fds.ts';

/** What a file being followed does besides growing: it was made shorter, and is read from its start again. */
export type FollowedChunk = Buffer | 'truncated';

export interface FollowedFile {
  /** As an HTTP date. */
  readonly modifiedAt: string;
  /** Never ends but by the signal. */
  readonly chunks: AsyncIterable<FollowedChunk>;
}

/** Bytes read at a time: small, as there may be many readers. */
const CHUNK_BYTES = 16 * 1024;
/** Milliseconds between two looks where nothing tells of changes: no inotify watches are left, or the folder is gone. */
const LOOK_AGAIN_MS = 1_000;

/** One wake-up for what happened since the last wait, however often it did. */
class Bell {
  #isRung = false;
  #wake: (() => void) | null = null;

  readonly ring = (): void => {
    this.#isRung = true;
    this.#wake?.();
  };

  async wait(): Promise<void> {
    if (!this.#isRung) {
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
    this.#wake = null;
    this.#isRung = false;
  }
}

/** Rings after changes of one path, until it is closed. */
class PathWatch {
  readonly #ring: () => void;
  readonly #timer: ReturnType<typeof createTimer>;
  readonly #clock = createClock();
  #watcher: FSWatcher | null = null;

  constructor(ring: () => void) {
    this.#ring = ring;
    this.#timer = createTimer(this.#clock, ring);
  }

  /** The file that has the path now. */
  onFile(path: string): void {
    this.#start(path, () => this.#ring());
  }

  /** The path's folder, while no file has the path. */
  onFolder(path: string): void {
    const name = basename(path);
    this.#start(dirname(path), (changed) => {
      if (changed === null || changed === name) this.#ring();
    });
  }

  /** Looks again later where no watch could be had. */
  lookLater(): void {
    if (this.#watcher === null) this.#timer.set(this.#clock.monotonicMs() + LOOK_AGAIN_MS);
  }

  close(): void {
    this.#watcher?.close();
    this.#watcher = null;
    this.#timer.set(null);
  }

  #start(path: string, onChange: (name: string | null) => void): void {
    this.close();
    try {
      this.#watcher = watch(path, { persistent: false }, (_kind, name) => onChange(name));
      this.#watcher.on('error', () => {
        this.close();
        this.#ring();
      });
    } catch {
      // ENOSPC, EMFILE: the user's watches are used up. ENOENT: the file went meanwhile. `lookLater` sees to both.
    }
  }
}

/** Opens a regular file; null where there is none. Never blocks on a FIFO. */
async function openRegular(path: string): Promise<FileHandle | null> {
  try {
    const handle = await open(path, constants.O_RDONLY | constants.O_NONBLOCK);
    if ((await handle.stat()).isFile()) return handle;
    await handle.close();
    return null;
  } catch (error) {
    if (isSystemError(error) && ['ENOENT', 'ENOTDIR'].includes(error.code)) return null;
    throw error;
  }
}

async function inodeAt(path: string): Promise<string | null> {
  try {
    const { dev, ino } = await stat(path);
    return `${dev}:${ino}`;
  } catch {
    // ENOENT in the middle of a rotation; a folder that is closed to us now is as good as empty.
    return null;
  }
}

async function inodeOf(handle: FileHandle): Promise<string> {
  const { dev, ino } = await handle.stat();
  return `${dev}:${ino}`;
}

/** One reader of one path. */
class Follower {
  readonly #path: string;
  readonly #signal: AbortSignal;
  readonly #bell = new Bell();
  readonly #watch = new PathWatch(this.#bell.ring);
  readonly #buffer = Buffer.allocUnsafeSlow(CHUNK_BYTES);
  #handle: FileHandle;
  #position: number;
  #isRead = false;

  constructor(path: string, handle: FileHandle, position: number, signal: AbortSignal) {
    this.#path = path;
    this.#handle = handle;
    this.#position = position;
    this.#signal = signal;
    if (signal.aborted) this.#abort();
    else signal.addEventListener('abort', () => this.#abort(), { once: true });
  }

  /** A generator that was never asked for anything does not clean up. */
  #abort(): void {
    this.#bell.ring();
    if (!this.#isRead) void this.#handle.close();
  }

  async *chunks(): AsyncGenerator<FollowedChunk> {
    if (this.#signal.aborted) return;
    this.#isRead = true;
    try {
      this.#watch.onFile(this.#path);
      while (!this.#signal.aborted) {
        yield* this.#grown();
        if (this.#signal.aborted) return;
        if (await this.#wasTruncated()) {
          this.#position = 0;
          yield 'truncated';
        } else if (await this.#wasReplaced()) {
          // What was written before the file was moved away.
          yield* this.#grown();
          if (!(await this.#reopen())) await this.#nextChange();
        } else {
          await this.#nextChange();
        }
      }
    } finally {
      this.#watch.close();
      await this.#handle.close();
    }
  }

  async *#grown(): AsyncGenerator<Buffer> {
    while (!this.#signal.aborted) {
      const { bytesRead } = await this.#handle.read(this.#buffer, 0, CHUNK_BYTES, this.#position);
      if (bytesRead === 0) return;
      this.#position += bytesRead;
      yield Buffer.from(this.#buffer.subarray(0, bytesRead));
    }
  }

  async #nextChange(): Promise<void> {
    this.#watch.lookLater();
    await this.#bell.wait();
  }

  async #wasTruncated(): Promise<boolean> {
    return (await this.#handle.stat()).size < this.#position;
  }

  async #wasReplaced(): Promise<boolean> {
    const ours = await inodeOf(this.#handle);
    const found = await inodeAt(this.#path);
    if (found !== null) return found !== ours;
    this.#watch.onFolder(this.#path);
    // It may have come back before the folder was watched.
    const foundNow = await inodeAt(this.#path);
    return foundNow !== null && foundNow !== ours;
  }

  /** False: it went again, or is no file any more. */
  async #reopen(): Promise<boolean> {
    const next = await openRegular(this.#path);
    if (next === null) {
      this.#watch.onFolder(this.#path);
      return false;
    }
    await this.#handle.close();
    this.#handle = next;
    this.#position = 0;
    this.#watch.onFile(this.#path);
    return true;
  }
}

/**
 * Opens a file to be read from `headBytes` before its end and then for as long as it grows, by its name: a rotated log goes on
 * with the new file. Null where there is no regular file. Source: supervisor/http.py tail_f_producer.
 * @throws the system call's error (EACCES) when the file cannot be read
 */
export async function followFile(path: string, headBytes: number, signal: AbortSignal): Promise<FollowedFile | null> {
  const handle = await openRegular(path);
  if (handle === null) return null;
  const { size, mtime } = await handle.stat();
  const follower = new Follower(path, handle, Math.max(0, size - headBytes), signal);
  return { modifiedAt: mtime.toUTCString(), chunks: follower.chunks() };
}
