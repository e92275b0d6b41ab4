/** Carries calls to a server, one at a time. */
export interface Transport {
  /**
   * Sends one body and gives the reply's.
   * @throws HttpStatusError, MalformedReply, ConnectionClosed, or a system call's Error with `code`.
   */
  exchange(body: string): Promise<string>;
  /** Ends the connection; the next exchange makes another. */
  close(): void;
}

/** What becomes of a stream. */
export interface StreamSink {
  onData(bytes: Uint8Array): void;
}
