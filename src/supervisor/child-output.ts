import type { ProcessConfig } from '../config/config.ts';
import { type Channel, type OutputContext, type OutputReader, OutputStream } from './output-stream.ts';

/** Far longer than it takes, unless the disk hangs: nothing else is done meanwhile. */
const CATCH_UP_MS = 100;

export interface OpenOutput {
  readonly channel: Channel;
  /** Read end of the pipe; owned once this has returned. */
  readonly fd: number;
  /** Of its log file; null: none. */
  readonly path: string | null;
  readonly process: ProcessConfig;
}

/** The output streams of one process, over all its lives. */
export class ChildOutput {
  readonly #context: OutputContext;
  readonly #openReader: (channel: Channel) => OutputReader | null;
  readonly #listeners: Readonly<Record<Channel, Set<(data: Buffer) => void>>> = {
    stdout: new Set(),
    stderr: new Set(),
  };
  #streams: OutputStream[] = [];
  /** Of the life before: they are remembered until the next one. */
  #lastStreams: OutputStream[] = [];

  /** @param openReader asked at each start, for each channel */
  constructor(context: OutputContext, openReader: (channel: Channel) => OutputReader | null) {
    this.#context = context;
    this.#openReader = openReader;
  }

  /** Streams of the life that goes on. */
  get openCount(): number {
    return this.#streams.length;
  }

  /** Takes over the read end of a pipe. @throws the system call's error */
  open(output: OpenOutput): void {
    const { channel } = output;
    const more = { reader: this.#openReader(channel), listeners: this.#listeners[channel] };
    const sibling = this.#streams[0]?.id ?? null;
    this.#streams.push(new OutputStream(this.#context, { ...output, ...more, sibling }));
  }

  /** Their output is that of a process from here on. */
  begin(pid: number): void {
    for (const stream of this.#streams) stream.pid = pid;
  }

  /** What the process has said by now is shown before anything more is logged. */
  take(): void {
    for (const stream of this.#streams) stream.take();
  }

  /** The process is gone: whoever hears of its output hears of the last of it before this returns. */
  catchUp(): void {
    const asked = this.#streams.filter((stream) => stream.takeRest());
    if (asked.length > 0) this.#context.native.pumpCatchUp(CATCH_UP_MS);
  }

  /** Takes what the pipes still hold, then lets go of them and of the logs. */
  close(): void {
    for (const stream of this.#streams) stream.drain();
    this.#lastStreams = this.#streams;
    this.#streams = [];
  }

  /** Deletes and reopens the log files. @throws the system call's error */
  clearLogs(): void {
    for (const stream of this.#streams) stream.clear();
  }

  /** The newest output of this life or the last, stdout before stderr; at most `bytes` of each. */
  newest(bytes: number): string {
    return this.#newestStreams()
      .map((stream) => stream.tail(bytes).toString('utf8'))
      .join('');
  }

  /** The newest `bytes` of one channel, of this life or the last. */
  tail(channel: Channel, bytes: number): Buffer {
    const open = this.#newestStreams().find((stream) => stream.channel === channel);
    return open?.tail(bytes) ?? Buffer.alloc(0);
  }

  /** Calls back with all that a channel brings from now on, this life and the next, until the returned function is called. */
  subscribe(channel: Channel, listener: (data: Buffer) => void): () => void {
    const { [channel]: listeners } = this.#listeners;
    listeners.add(listener);
    this.#tapAsNeeded(channel);
    return () => {
      listeners.delete(listener);
      this.#tapAsNeeded(channel);
    };
  }

  /** Frees the memory of the last life, before the next one. */
  forgetLastLife(): void {
    for (const stream of this.#lastStreams) stream.forget();
    this.#lastStreams = [];
  }

  /** Frees all memory, once the process is gone for good. */
  forget(): void {
    for (const stream of this.#lastStreams) stream.dismissReader();
    this.forgetLastLife();
  }

  #newestStreams(): readonly OutputStream[] {
    return this.#streams.length > 0 ? this.#streams : this.#lastStreams;
  }

  #tapAsNeeded(channel: Channel): void {
    this.#streams.find((stream) => stream.channel === channel)?.tapAsNeeded();
  }
}
