import { createConnection } from 'node:net';

export interface TcpTarget {
  /** A name or an address; of a name each address is tried. */
  readonly host: string;
  readonly port: number;
  readonly signal: AbortSignal;
}

/**
 * Connects and closes the connection at once.
 * @throws Node's own error; an AbortError when the signal aborts
 */
export function connectOnce({ host, port, signal }: TcpTarget): Promise<void> {
  return new Promise((resolve, reject) => {
    const socket = createConnection({ host, port, signal });
    socket.on('error', reject).on('connect', () => {
      socket.destroy();
      resolve();
    });
  });
}
