import { HttpStatusError } from '../client/errors.ts';
import { type Credentials, renderPost } from '../client/http-message.ts';
import { BodyCollector, HttpReplyReader } from '../client/http-reply.ts';
import { type Endpoint, hostHeader } from '../client/server-url.ts';
import type { Transport } from '../client/transport.ts';
import { type BlockingSocket, connectBlocking } from '../os/connect.ts';
import type { Native } from '../os/native.ts';

function readReply(socket: BlockingSocket, reader: HttpReplyReader): void {
  while (!reader.done) {
    const bytes = socket.read();
    if (bytes.length === 0) reader.end();
    else reader.push(bytes);
  }
}

/**
 * Calls that block this thread: no event loop starts and Node's network code is never loaded, which would take longer
 * than the call. Ctrl-C ends the process, as nothing handles it.
 */
export function createBlockingTransport(
  native: Pick<Native, 'connectUnix' | 'connectTcp'>,
  endpoint: Endpoint,
  credentials: Credentials | null,
  timeoutMs: number,
): Transport {
  let socket: BlockingSocket | null = null;

  function drop(): void {
    socket?.close();
    socket = null;
  }

  function exchange(body: string): string {
    socket ??= connectBlocking(native, endpoint, timeoutMs);
    const collector = new BodyCollector();
    const reader = new HttpReplyReader((bytes) => collector.add(bytes));
    try {
      socket.write(renderPost(hostHeader(endpoint), body, credentials));
      readReply(socket, reader);
    } catch (error) {
      drop();
      throw error;
    }
    const { head } = reader;
    if (head?.keepAlive !== true) drop();
    if (head?.status !== 200) throw new HttpStatusError(head?.status ?? 0, head?.reason ?? '');
    return collector.text();
  }

  return { exchange: async (body) => exchange(body), close: drop };
}
