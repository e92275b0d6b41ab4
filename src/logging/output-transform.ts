import { AnsiStripper } from './ansi-stripper.ts';
import { BoundedBytes } from './bounded-bytes.ts';
import { CaptureScanner, type CaptureSegment } from './capture-scanner.ts';

export interface OutputHandlers {
  /** Text for the logs. */
  onText(data: Buffer): void;
  /** The same, and what is captured too: for the main log at debug level, and PROCESS_LOG events. */
  onOutput(data: Buffer): void;
  /** A complete capture. */
  onCaptured(data: Buffer): void;
}

export interface TransformOptions {
  readonly stripAnsi: boolean;
  /** 0: tokens mean nothing. */
  readonly captureMaxBytes: number;
}

/** Whether logs get anything else than the very bytes of the program. */
export function transforms({ stripAnsi, captureMaxBytes }: TransformOptions): boolean {
  return stripAnsi || captureMaxBytes > 0;
}

/** What happens to a stream's bytes on their way to its logs. Source: supervisor/dispatchers.py POutputDispatcher. */
export class OutputTransform {
  readonly #handlers: OutputHandlers;
  readonly #scanner: CaptureScanner | null;
  readonly #captured: BoundedBytes;
  readonly #stripper: AnsiStripper | null;

  constructor({ stripAnsi, captureMaxBytes }: TransformOptions, handlers: OutputHandlers) {
    this.#handlers = handlers;
    this.#scanner = captureMaxBytes > 0 ? new CaptureScanner() : null;
    this.#captured = new BoundedBytes(captureMaxBytes);
    this.#stripper = stripAnsi ? new AnsiStripper() : null;
  }

  push(data: Buffer): void {
    this.#handle(this.#scanner?.push(data) ?? [{ kind: 'text', data }]);
  }

  /** The stream ended: what was held back goes where it belongs. */
  end(): void {
    this.#handle(this.#scanner?.end() ?? []);
    const held = this.#stripper?.end();
    if (held !== undefined && held.length > 0) this.#tell('text', held);
  }

  /** Forgets what has been captured so far. */
  clear(): void {
    this.#captured.take();
  }

  #handle(segments: readonly CaptureSegment[]): void {
    for (const segment of segments) {
      if (segment.kind === 'end') this.#handlers.onCaptured(this.#captured.take());
      else {
        const data = this.#stripper?.push(segment.data) ?? segment.data;
        if (data.length > 0) this.#tell(segment.kind, data);
      }
    }
  }

  #tell(kind: 'text' | 'captured', data: Buffer): void {
    if (kind === 'text') this.#handlers.onText(data);
    else this.#captured.append(data);
    this.#handlers.onOutput(data);
  }
}
