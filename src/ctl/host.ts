import type { Credentials } from '../client/http-message.ts';
import type { StreamRequest } from '../client/net-transport.ts';
import type { Endpoint } from '../client/server-url.ts';
import type { StreamSink, Transport } from '../client/transport.ts';
import type { InputReader } from '../os/input.ts';

/** Everything that commands take from outside. */
export interface Host {
  write(text: string | Uint8Array): void;
  writeError(text: string): void;
  /** Does not connect yet: the first call does. `timeoutMs` (0: none) holds for connecting and each step after. */
  connect(endpoint: Endpoint, credentials: Credentials | null, timeoutMs: number): Transport;
  follow(request: StreamRequest, sink: StreamSink): Promise<void>;
  /** Whether standard output is a terminal. */
  isTerminal(): Promise<boolean>;
  /** Settles so many milliseconds from now, or when the signal aborts. */
  sleep(delayMs: number, signal: AbortSignal): Promise<void>;
  /** Lines typed or piped in; opened on first use. */
  input(): Promise<InputReader>;
  /** Calls back on Ctrl-C instead of ending; the function returned undoes it. */
  onInterrupt(listener: () => void): () => void;
}
