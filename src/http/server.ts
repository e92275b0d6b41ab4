import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { renderAccessTime } from '../os/local-time.ts';
import type { ListeningSocket } from '../os/sockets.ts';
import { type Connection, Connections } from './connections.ts';
import { HttpError } from './error-page.ts';
import { BodyBudget, parseTarget, Request } from './request.ts';
import { sendStream, sendWhole } from './respond.ts';
import { findRoute, type HttpResponse } from './route.ts';
import type { HttpServerContext } from './server-context.ts';

/** Longest delay of a timer: Node would look after its own, other limits every so often, whether anybody came or not. */
const NEVER_MS = 2 ** 31 - 1;
/** Milliseconds after which a peer that fell silent is asked for a sign of life by the kernel. */
const KEEP_ALIVE_MS = 60_000;
const MISDIRECTED =
  'This server is not known by the name in the Host header. Use its IP address, or the host in "port" of [inet_http_server].';

/** One listening socket with its clients. */
export class HttpServer {
  readonly #server: Server;
  readonly #socket: ListeningSocket;
  readonly #context: HttpServerContext;
  readonly #connections: Connections;
  readonly #budget: BodyBudget;

  constructor(socket: ListeningSocket, context: HttpServerContext) {
    this.#socket = socket;
    this.#context = context;
    this.#connections = new Connections(context.limits, context.clock, context.createTimer);
    this.#budget = new BodyBudget(context.limits.allBodiesBytes);
    this.#server = createServer({
      connectionsCheckingInterval: NEVER_MS,
      headersTimeout: 0,
      requestTimeout: 0,
      keepAliveTimeout: 0,
      maxHeaderSize: context.limits.headBytes,
      // Supervisor never asked for one, and old clients have none.
      requireHostHeader: false,
      keepAlive: true,
      keepAliveInitialDelay: KEEP_ALIVE_MS,
      noDelay: true,
    });
    this.#server.on('connection', (client) => this.#accept(client));
    this.#server.on('request', (message, response) => this.#receive(message, response));
    this.#server.on('clientError', (error, client) => this.#refuseNonsense(error, client));
    this.#server.on('error', (error) => context.log('error', `cannot accept connections: ${error.message}`));
  }

  /** Number of clients. */
  get connectionCount(): number {
    return this.#connections.size;
  }

  /** Accepts connections from now on. */
  listen(): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#server.once('error', reject);
      this.#server.listen({ fd: this.#socket.fd }, () => {
        this.#server.off('error', reject);
        resolve();
      });
    });
  }

  /** Closes the socket; answers under way are given `graceMs`, streams end at once. */
  close(graceMs: number): Promise<void> {
    return new Promise((resolve) => {
      this.#server.close(() => resolve());
      this.#connections.close(graceMs);
    });
  }

  #accept(client: Socket): void {
    // Its end is told by 'close'; why it came, nobody needs to know.
    client.on('error', () => client.destroy());
    if (!this.#connections.add(client)) client.destroy();
  }

  #refuseNonsense(error: Error, client: Duplex): void {
    const connection = client instanceof Socket ? this.#connections.of(client) : undefined;
    // What follows a request that is still being answered must not be answered before it.
    if (connection === undefined || !client.writable || connection.phase === 'busy') {
      client.destroy();
      return;
    }
    const status = 'code' in error && error.code === 'HPE_HEADER_OVERFLOW' ? 431 : 400;
    this.#connections.leaveWith(connection, new HttpError(status));
  }

  #receive(message: IncomingMessage, response: ServerResponse): void {
    const connection = this.#connections.of(message.socket);
    if (connection === undefined || connection.phase === 'leaving') return;
    const begin = () => this.#begin(connection, message, response);
    if (connection.phase === 'waiting') begin();
    else if (connection.queue.length < this.#context.limits.pipelined) connection.queue.push(begin);
    else message.socket.destroy();
  }

  #begin(connection: Connection, message: IncomingMessage, response: ServerResponse): void {
    this.#connections.setBusy(connection);
    const bytesBefore = connection.socket.bytesWritten;
    response.once('close', () => {
      const bytes = connection.socket.bytesWritten - bytesBefore;
      this.#context.onSent(bytes);
      this.#trace(message, response.statusCode, bytes);
      this.#connections.setWaiting(connection);
      if (connection.phase === 'waiting') connection.queue.shift()?.();
    });
    this.#answer(connection, message, response).catch((error: unknown) => {
      this.#fail(connection, message, response, error);
    });
  }

  async #answer(connection: Connection, message: IncomingMessage, response: ServerResponse): Promise<void> {
    const answer = await this.#handle(connection, message, response);
    if (response.closed || connection.phase === 'leaving') return;
    if ('body' in answer) {
      this.#connections.expectTaking(connection);
      await sendWhole(response, answer);
      return;
    }
    if (!this.#connections.setStreaming(connection)) throw new HttpError(503);
    await sendStream(response, answer);
    if (!response.closed) this.#connections.expectTaking(connection);
  }

  #handle(connection: Connection, message: IncomingMessage, response: ServerResponse): Promise<HttpResponse> {
    const { routes, limits } = this.#context;
    const { method = '', headers, url = '/' } = message;
    const target = parseTarget(url);
    this.#admit(message, target.host);
    const match = findRoute(routes, method, target.path);
    if ('status' in match) throw new HttpError(match.status);
    if (method === 'POST' && headers['content-length'] === undefined && headers['transfer-encoding'] === undefined) {
      throw new HttpError(411);
    }
    const body = {
      maxBytes: limits.bodyBytes,
      budget: this.#budget,
      onBegin: () => this.#connections.expectBody(connection),
      onEnd: () => this.#connections.endBody(connection),
    };
    const isUnix = this.#socket.file !== null;
    return match.route.handle(new Request({ message, response, target, isUnix, body }));
  }

  /** @throws HttpError when the request is for somebody else, or from somebody who may not ask */
  #admit({ headers }: IncomingMessage, urlHost: string | undefined): void {
    const { isAllowedHost, isAuthorized } = this.#context;
    if (isAllowedHost !== null && !(isAllowedHost(headers.host) && isAllowedHost(urlHost))) {
      throw new HttpError(421, { detail: MISDIRECTED });
    }
    if (isAuthorized !== null && !isAuthorized(headers.authorization)) {
      throw new HttpError(401, { headers: { 'WWW-Authenticate': 'Basic realm="default"', Connection: 'close' } });
    }
  }

  #fail(connection: Connection, message: IncomingMessage, response: ServerResponse, error: unknown): void {
    if (!(error instanceof HttpError)) {
      const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
      this.#context.log('error', `${this.#clientName(message)}:Server Error: ${text}`);
    }
    if (response.closed) return;
    if (response.headersSent) {
      response.destroy();
      return;
    }
    const refusal = error instanceof HttpError ? error : new HttpError(500);
    // Pipelined answers have to keep their order; only the one whose turn it is has the socket.
    if (!message.complete && response.socket !== null && isBodyExpected(message)) {
      message.resume();
      response.statusCode = refusal.status;
      this.#connections.leaveWith(connection, refusal);
      return;
    }
    const { type, body } = refusal.content();
    this.#connections.expectTaking(connection);
    void sendWhole(response, { status: refusal.status, headers: { 'Content-Type': type, ...refusal.headers }, body });
  }

  #clientName({ socket }: IncomingMessage): string {
    return this.#socket.file === null ? `${socket.remoteAddress}:${socket.remotePort}` : 'localhost:0';
  }

  /** Source of the form: supervisor/http.py deferring_http_request.log. */
  #trace(message: IncomingMessage, status: number, bytes: number): void {
    if (!this.#context.tracesRequests()) return;
    const time = renderAccessTime(this.#context.clock.wallMs());
    const line = `${message.method} ${message.url} HTTP/${message.httpVersion}`;
    const text = `${this.#clientName(message)} - - [${time}] "${line}" ${status} ${bytes}`;
    this.#context.log('trace', text);
  }
}

function isBodyExpected({ headers }: IncomingMessage): boolean {
  return headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > 0;
}
