/** A datagram from a local sender. */
export interface ReceivedDatagram {
  /** The first 4096 bytes of it. */
  readonly data: Buffer;
  /** There was more. */
  readonly truncated: boolean;
  /** Of the sender, by the kernel's word; 0: it is in another PID namespace. */
  readonly pid: number;
  readonly uid: number;
}

/** What the addon offers to hear of others, beside Node's own streams. */
export interface ReceivingCalls {
  /** A non-blocking datagram socket at a path, or at an abstract name behind `@`. */
  bindDatagram(address: string): number;
  /** The next datagram, null when none is there. Descriptors that come along with it are closed. */
  receiveDatagram(fd: number): ReceivedDatagram | null;
  /**
   * Calls `onReadable` again and again for as long as there is something to read, or the end, until the returned function
   * is called: before the descriptor is closed. Makes it non-blocking; does not keep the event loop alive.
   */
  watchReadable(fd: number, onReadable: () => void): () => void;
}

export const RECEIVING_METHODS = [
  'bindDatagram',
  'receiveDatagram',
  'watchReadable',
] as const satisfies readonly (keyof ReceivingCalls)[];
