import type { Clock } from '../model/clock.ts';
import { LOG_LEVELS, type Log, type LogLevel } from '../model/log-level.ts';
import { createLogTimeRenderer } from '../os/local-time.ts';
import type { Native, SinkId } from '../os/native.ts';
import { type ConsoleStyle, renderOwnLine } from './console.ts';

/** The daemon's own log: `2026-11-21 01:20:30,123 INFO text`. Source of the form: supervisor/loggers.py. */
export class MainLog {
  readonly #native: Pick<Native, 'sinkWrite'>;
  readonly #clock: Pick<Clock, 'wallMs'>;
  readonly #renderTime = createLogTimeRenderer();
  /** With the form that lines have there; null: as they are. */
  readonly #sinks = new Map<SinkId, ConsoleStyle | null>();
  readonly #lineWriters: ((line: string) => void)[] = [];
  #weight: number = LOG_LEVELS.info.weight;

  constructor(native: Pick<Native, 'sinkWrite'>, clock: Pick<Clock, 'wallMs'>) {
    this.#native = native;
    this.#clock = clock;
  }

  /** Lines of lesser weight are dropped. */
  setLevel(level: LogLevel): void {
    this.#weight = LOG_LEVELS[level].weight;
  }

  isEnabled(level: LogLevel): boolean {
    return LOG_LEVELS[level].weight >= this.#weight;
  }

  /** A sink that is there already is not written to twice, and keeps its form. */
  addSink(sink: SinkId, style: ConsoleStyle | null = null): void {
    if (!this.#sinks.has(sink)) this.#sinks.set(sink, style);
  }

  removeSink(sink: SinkId): void {
    this.#sinks.delete(sink);
  }

  /** `write` gets each line, without its end and never with one inside. */
  addLineWriter(write: (line: string) => void): void {
    this.#lineWriters.push(write);
  }

  readonly log: Log = (level, text) => {
    if (!this.isEnabled(level)) return;
    const wallMs = this.#clock.wallMs();
    const time = `${this.#renderTime(wallMs)} ${LOG_LEVELS[level].code}`;
    const rendered = `${time} ${text}`;
    for (const [sink, style] of this.#sinks) {
      const line = style === null ? `${rendered}\n` : renderOwnLine(style, { level, wallMs, text, rendered });
      this.#native.sinkWrite(sink, line);
    }
    if (this.#lineWriters.length === 0) return;
    for (const line of text.replace(/\n+$/, '').split('\n')) {
      for (const write of this.#lineWriters) write(`${time} ${line}`);
    }
  };
}
