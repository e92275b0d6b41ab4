import type { ProcessConfig } from '../config/config.ts';
import type { Emit } from '../events/bus.ts';
import {
  communicationEvent,
  logEvent,
  renderCommunicationPayload,
  renderLogPayload,
} from '../events/process-output.ts';
import { LineSplitter } from '../logging/line-splitter.ts';
import { OutputTransform, transforms } from '../logging/output-transform.ts';
import { ownDescriptor } from '../logging/own-descriptor.ts';
import { decodeText } from '../model/decode-text.ts';
import type { Log } from '../model/log-level.ts';
import { pythonQuoteBytes } from '../model/python-quote.ts';
import type { Native, SinkId, StreamId } from '../os/native.ts';
import type { OutputRoutes } from './output-routes.ts';
import { type ConsoleContext, isProtocol, streamConsoleOf } from './stream-console.ts';

export type Channel = 'stdout' | 'stderr';

/** Takes what one channel brings in one life of a process, up to the last byte. */
export interface OutputReader {
  receive(data: Buffer): void;
  /** The process is gone and nothing more comes. */
  end(): void;
}

/** Bytes of each stream's newest output that stay in memory. */
const REMEMBERED_BYTES = 64 * 1024;
/** What a datagram surely takes. */
const SYSLOG_LINE_BYTES = 8 * 1024;

/** What all output of a daemon's programs goes through. */
export interface OutputContext extends ConsoleContext {
  readonly native: ConsoleContext['native'] &
    Pick<
      Native,
      | 'streamOpen'
      | 'streamTap'
      | 'streamWrite'
      | 'streamTake'
      | 'streamDrain'
      | 'streamTail'
      | 'streamForget'
      | 'sinkClear'
      | 'pumpCatchUp'
    >;
  readonly log: Log;
  readonly emit: Emit;
  readonly routes: OutputRoutes;
  /** Whether the main log shows programs' output. */
  readonly tapsOutput: () => boolean;
  readonly stripAnsi: boolean;
  /** Sends a line to syslog; its end is left out. */
  readonly syslog: (line: Uint8Array) => void;
}

export interface OutputStreamOptions {
  readonly channel: Channel;
  /** Read end of the pipe; owned once it is open. */
  readonly fd: number;
  /** Of its log file; null: none. */
  readonly path: string | null;
  readonly process: ProcessConfig;
  readonly reader: OutputReader | null;
  /** Those who want to hear of it for some time. */
  readonly listeners: ReadonlySet<(data: Buffer) => void>;
  /** The process's other stream, if that is open. */
  readonly sibling: StreamId | null;
}

/** One channel of one life of a process: from its pipe to the logs, the console, syslog and events. */
export class OutputStream {
  readonly id: StreamId;
  readonly channel: Channel;
  /** Set once the process is there. */
  pid = 0;
  readonly #context: OutputContext;
  readonly #options: OutputStreamOptions;
  #sink: SinkId | null;
  readonly #transform: OutputTransform;
  readonly #rewrites: boolean;
  readonly #isProtocol: boolean;
  readonly #syslogLines: LineSplitter | null;
  #reader: OutputReader | null;
  #ended = false;
  /** The process is gone. */
  #closed = false;
  #forgotten = false;

  /** @throws the system call's error when the log file or the stream cannot be opened */
  constructor(context: OutputContext, options: OutputStreamOptions) {
    const { channel, process, reader } = options;
    const { capture_maxbytes, syslog } = process[channel];
    this.#context = context;
    this.#options = options;
    this.#reader = reader;
    this.channel = channel;
    this.#isProtocol = isProtocol(process, channel);
    const captureMaxBytes = this.#isProtocol ? 0 : capture_maxbytes;
    const rules = { stripAnsi: context.stripAnsi, captureMaxBytes };
    this.#rewrites = transforms(rules);
    this.#syslogLines = syslog && !this.#isProtocol ? new LineSplitter(SYSLOG_LINE_BYTES) : null;
    this.#transform = new OutputTransform(rules, {
      onText: (data) => this.#handleText(data),
      onOutput: (data) => this.#handleOutput(data),
      onCaptured: (data) => this.#handleCaptured(data),
    });
    [this.#sink, this.id] = this.#open();
    context.routes.add(this.id, this);
  }

  /** What the pipe holds by now is read before anything more is written to the main log. */
  take(): void {
    this.#context.native.streamTake(this.id);
  }

  /** The process is gone: the same with all that the pipe still holds. True: it also comes here, and somebody wants it. */
  takeRest(): boolean {
    this.#context.native.streamDrain(this.id);
    return this.#isTapped();
  }

  /** The process is gone: takes what the pipe still holds, then lets go of it and of the log. */
  drain(): void {
    this.#closed = true;
    this.#context.native.streamDrain(this.id);
    // What is rewritten needs its log until the last bytes have come back.
    if (!this.#rewrites) this.#closeSink();
    if (this.#ended) this.#reader?.end();
  }

  /** Frees its memory; while somebody waits for its last bytes, once these have come. */
  forget(): void {
    this.#forgotten = true;
    if (this.#ended || !this.#isNeeded()) this.#free();
  }

  /** Its reader waits no longer. */
  dismissReader(): void {
    if (!this.#ended) this.#reader?.end();
    this.#reader = null;
  }

  /** After a change of what is to be heard. */
  tapAsNeeded(): void {
    this.#context.native.streamTap(this.id, this.#isTapped());
  }

  tail(bytes: number): Buffer {
    return this.#context.native.streamTail(this.id, bytes);
  }

  /** Deletes and reopens the log, and forgets what is captured. @throws the system call's error */
  clear(): void {
    this.#transform.clear();
    if (this.#sink !== null) this.#context.native.sinkClear(this.#sink);
  }

  #open(): [SinkId | null, StreamId] {
    const { native, sinks } = this.#context;
    const { channel, fd, path, process, sibling } = this.#options;
    const { logfile_maxbytes: maxBytes, logfile_backups: backups } = process[channel];
    const console = streamConsoleOf(this.#context, process, channel, sibling);
    // A log that means the container's own output is on the console already.
    const isOnConsole = console !== null && path !== null && ownDescriptor(path) !== null;
    const sink = path === null || isOnConsole ? null : sinks.open({ path, maxBytes, backups });
    const modes = { tap: this.#isTapped(), transform: this.#rewrites };
    try {
      return [sink, native.streamOpen({ fd, sink, console, memoryBytes: REMEMBERED_BYTES, ...modes })];
    } catch (error) {
      if (sink !== null) sinks.close(sink);
      throw error;
    }
  }

  /** Whether its last bytes matter to more than its log file. */
  #isNeeded(): boolean {
    const { events_enabled } = this.#options.process[this.channel];
    return this.#rewrites || this.#reader !== null || this.#syslogLines !== null || events_enabled;
  }

  #isTapped(): boolean {
    return this.#isNeeded() || this.#options.listeners.size > 0 || this.#context.tapsOutput();
  }

  handleData(data: Buffer): void {
    // Its log line comes before those of what its reader makes of it.
    this.#transform.push(data);
    this.#reader?.receive(data);
    for (const listener of this.#options.listeners) listener(data);
  }

  handleEnd(): void {
    this.#ended = true;
    this.#transform.end();
    this.#sendToSyslog(this.#syslogLines?.end() ?? []);
    if (this.#rewrites) {
      this.#context.native.streamWrite(this.id, Buffer.alloc(0), true);
      this.#closeSink();
    }
    // A process may close its stdout and live on.
    if (this.#closed) this.#reader?.end();
    if (this.#forgotten) this.#free();
  }

  #handleText(data: Buffer): void {
    if (this.#rewrites) this.#context.native.streamWrite(this.id, data, false);
    this.#sendToSyslog(this.#syslogLines?.push(data) ?? []);
  }

  #sendToSyslog(lines: readonly Buffer[]): void {
    const head = `${this.#options.process.name} `;
    for (const line of lines) this.#context.syslog(Buffer.concat([Buffer.from(head), line]));
  }

  #handleOutput(data: Buffer): void {
    const { process } = this.#options;
    const { log, emit, tapsOutput } = this.#context;
    if (tapsOutput()) {
      const text = this.#isProtocol ? pythonQuoteBytes(data) : decodeText(data);
      log('debug', `'${process.name}' ${this.channel} output:\n${text}`);
    }
    if (!process[this.channel].events_enabled || this.#isProtocol) return;
    emit(logEvent(this.channel), () => renderLogPayload(this.#source(), data));
  }

  #handleCaptured(data: Buffer): void {
    const { log, emit } = this.#context;
    emit(communicationEvent(this.channel), () => renderCommunicationPayload(this.#source(), data));
    log('debug', `'${this.#options.process.name}' ${this.channel} emitted a comm event`);
  }

  #source() {
    const { name, group } = this.#options.process;
    return { process: name, group, pid: this.pid, channel: this.channel };
  }

  #closeSink(): void {
    if (this.#sink !== null) this.#context.sinks.close(this.#sink);
    this.#sink = null;
  }

  #free(): void {
    this.#context.routes.remove(this.id);
    this.#context.native.streamForget(this.id);
  }
}
