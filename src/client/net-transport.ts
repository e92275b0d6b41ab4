import { connect, type Socket } from 'node:net';
import { ConnectionClosed, HttpStatusError } from './errors.ts';
import { type Credentials, renderGet, renderPost } from './http-message.ts';
import { BodyCollector, HttpReplyReader } from './http-reply.ts';
import { type Endpoint, hostHeader } from './server-url.ts';
import type { StreamSink, Transport } from './transport.ts';

function openSocket(endpoint: Endpoint): Socket {
  if (endpoint.kind === 'unix') return connect({ path: endpoint.path });
  return connect({ host: endpoint.host, port: endpoint.port });
}

/** Feeds what comes to the reader until the reply is complete; the listeners leave with it. */
function readReply(socket: Socket, reader: HttpReplyReader, onProgress: () => void): Promise<void> {
  return new Promise((resolve, reject) => {
    const finish = (settle: () => void): void => {
      socket.off('data', onData).off('end', onEnd).off('error', reject).off('close', onClose);
      settle();
    };
    const attempt = (step: () => void): void => {
      try {
        step();
        onProgress();
        if (reader.done) finish(resolve);
      } catch (error) {
        finish(() => reject(error));
      }
    };
    const onData = (data: Uint8Array): void => attempt(() => reader.push(data));
    const onEnd = (): void => attempt(() => reader.end());
    const onClose = (): void => finish(() => reject(new ConnectionClosed()));
    socket.on('data', onData).on('end', onEnd).on('error', reject).on('close', onClose);
  });
}

/** Calls over a connection of Node's own, which is kept between them. */
export function createNetTransport(endpoint: Endpoint, credentials: Credentials | null): Transport {
  let socket: Socket | null = null;

  function drop(): void {
    socket?.on('error', () => undefined).destroy();
    socket = null;
  }

  /** A server may end it between two calls, and a restart resets it: the next call makes another. */
  function keep(open: Socket): Socket {
    open
      .on('error', () => undefined)
      .on('close', () => {
        if (socket === open) socket = null;
      });
    socket = open;
    return open;
  }

  return {
    async exchange(body) {
      const open = socket ?? keep(openSocket(endpoint));
      open.ref();
      const collector = new BodyCollector();
      const reader = new HttpReplyReader((bytes) => collector.add(bytes));
      try {
        open.write(renderPost(hostHeader(endpoint), body, credentials));
        await readReply(open, reader, () => undefined);
      } catch (error) {
        drop();
        throw error;
      }
      const { head } = reader;
      if (head?.keepAlive !== true) drop();
      // Who waits for no answer may end.
      else open.unref();
      if (head?.status !== 200) throw new HttpStatusError(head?.status ?? 0, head?.reason ?? '');
      return collector.text();
    },
    close: drop,
  };
}

/** One stream to follow. */
export interface StreamRequest {
  readonly endpoint: Endpoint;
  readonly credentials: Credentials | null;
  /** As `/logtail/name/stdout`. */
  readonly path: string;
  /** Aborting ends the stream without an error. */
  readonly signal: AbortSignal;
}

/**
 * Follows a stream until the server ends it or `signal` is aborted.
 * @throws HttpStatusError, MalformedReply, or a system call's Error with `code`.
 */
export async function followStream(request: StreamRequest, sink: StreamSink): Promise<void> {
  const { endpoint, credentials, path, signal } = request;
  if (signal.aborted) return;
  const socket = openSocket(endpoint);
  const stop = (): void => void socket.destroy();
  signal.addEventListener('abort', stop);
  const reader = new HttpReplyReader((bytes) => {
    if (reader.head?.status === 200) sink.onData(bytes);
  });
  try {
    socket.write(renderGet(hostHeader(endpoint), path, credentials));
    await readReply(socket, reader, () => {
      const { head } = reader;
      if (head !== null && head.status !== 200) throw new HttpStatusError(head.status, head.reason);
    });
  } catch (error) {
    // The end of the connection is the end of the stream.
    if (!signal.aborted && !(error instanceof ConnectionClosed && reader.head !== null)) throw error;
  } finally {
    signal.removeEventListener('abort', stop);
    socket.on('error', () => undefined).destroy();
  }
}
