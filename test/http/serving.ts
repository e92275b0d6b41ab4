import { readFileSync, readlinkSync } from 'node:fs';
import { createConnection, type Socket } from 'node:net';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import {
  type HttpServerConfig,
  type HttpServers,
  openServers,
  type ServeOptions,
} from '../../src/http/open-servers.ts';
import type { Route } from '../../src/http/route.ts';
import { loadNative } from '../../src/os/native.ts';
import { ROOT, temporaryDirectory } from '../support/daemon.ts';
import { waitFor } from '../support/wait-for.ts';

export const native = loadNative(join(ROOT, 'dist'));

/** A path of a unix socket, or a port of 127.0.0.1. */
export type Address = string | number;

export interface Serving {
  readonly dir: string;
  readonly address: Address;
  readonly servers: HttpServers;
  /** `level text` of each line logged. */
  readonly lines: string[];
}

export interface ServingOptions extends Partial<ServeOptions> {
  /** Default: a unix socket. */
  readonly tcp?: boolean;
  /** Of TCP; this machine alone by default. */
  readonly host?: string;
  readonly username?: string;
  readonly password?: string;
  readonly chmod?: number;
}

/** Says OK, as Supervisor's /ok.html. */
export const OK_ROUTE: Route = {
  match: 'exact',
  path: '/ok.html',
  methods: ['GET', 'POST'],
  handle: async () => ({ status: 200, headers: { 'Content-Type': 'text/plain' }, body: 'OK' }),
};

/** Sends back what it was sent. */
export const ECHO_ROUTE: Route = {
  match: 'prefix',
  path: '/RPC2',
  methods: ['POST'],
  handle: async (request) => ({ status: 200, headers: { 'Content-Type': 'text/xml' }, body: await request.body() }),
};

/** A port that was free a moment ago. */
function freePort(): number {
  const fd = native.listenTcp('127.0.0.1', 0, 1);
  const server = Number(portOf(fd));
  native.close(fd);
  return server;
}

function portOf(fd: number): string {
  // Node tells the port of a listening descriptor only once it is a server; the kernel's table tells at once.
  const inode = /\[(\d+)\]/.exec(readlinkSync(`/proc/self/fd/${fd}`))?.[1] ?? '';
  const row = readFileSync('/proc/self/net/tcp', 'utf8')
    .split('\n')
    .map((line) => line.trim().split(/\s+/))
    .find((columns) => columns[9] === inode);
  return String(Number.parseInt(row?.[1]?.split(':')[1] ?? '0', 16));
}

/** Opens one server that goes with its test. */
export async function startServing(t: TestContext, options: ServingOptions = {}): Promise<Serving> {
  const { tcp = false, host = '127.0.0.1', username = null, password = null, chmod = 0o700, ...rest } = options;
  const dir = temporaryDirectory(t);
  const address = tcp ? freePort() : join(dir, 'sock');
  const lines: string[] = [];
  const config: HttpServerConfig = {
    section: tcp ? 'inet_http_server' : 'unix_http_server',
    username,
    password,
    address:
      typeof address === 'number'
        ? { kind: 'inet', host, port: address }
        : { kind: 'unix', path: address, chmod, chown: null },
  };
  const servers = await openServers([config], {
    native,
    routes: [OK_ROUTE, ECHO_ROUTE],
    log: (level, text) => lines.push(`${level} ${text}`),
    ...rest,
  });
  t.after(() => servers.close(0));
  return { dir, address, servers, lines };
}

/** A client of which everything received is kept. */
export interface RawClient {
  readonly socket: Socket;
  received(): string;
  isClosed(): boolean;
  /** Waits for something in what was received. */
  waitForText(pattern: RegExp): Promise<RegExpMatchArray>;
  waitForEnd(): Promise<string>;
}

/** Connects and sends `text`. */
export async function connect(t: TestContext, address: Address, text: string | Buffer = ''): Promise<RawClient> {
  const socket = createConnection(
    typeof address === 'number' ? { host: '127.0.0.1', port: address } : { path: address },
  );
  let data = '';
  let closed = false;
  socket.setEncoding('latin1').on('data', (chunk) => (data += chunk));
  socket.on('error', () => undefined);
  // Whether the server ended it, or the connection broke.
  for (const event of ['end', 'close'] as const) socket.on(event, () => (closed = true));
  t.after(() => void socket.destroy());
  if (text !== '') socket.write(text);
  await waitFor(() => !socket.connecting || closed, 'a connection');
  return {
    socket,
    received: () => data,
    isClosed: () => closed,
    waitForText: (pattern) =>
      waitFor(
        () => data.match(pattern),
        `${pattern} in an answer`,
        undefined,
        () => data,
      ),
    waitForEnd: () =>
      waitFor(
        () => closed,
        'the end of a connection',
        undefined,
        () => data,
      ).then(() => data),
  };
}

/** Sends raw text and returns everything until the server ends the connection. */
export async function exchange(t: TestContext, address: Address, text: string | Buffer): Promise<string> {
  const client = await connect(t, address, text);
  return client.waitForEnd();
}

export interface ParsedAnswer {
  readonly status: number;
  readonly reason: string;
  /** By lower-case name. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** Takes a raw answer apart. */
export function parseAnswer(text: string): ParsedAnswer {
  const end = text.indexOf('\r\n\r\n');
  const [statusLine = '', ...fields] = text.slice(0, end).split('\r\n');
  const [, status = '0', reason = ''] = /^HTTP\/\S+ (\d+) (.*)$/.exec(statusLine) ?? [];
  const headers = fields.map((field) => [
    field.slice(0, field.indexOf(':')).toLowerCase(),
    field.slice(field.indexOf(':') + 1).trim(),
  ]);
  return { status: Number(status), reason, headers: Object.fromEntries(headers), body: text.slice(end + 4) };
}

/** One request with `Connection: close`. */
export async function request(
  t: TestContext,
  address: Address,
  line: string,
  { headers = [], body = '' }: { headers?: readonly string[]; body?: string } = {},
): Promise<ParsedAnswer> {
  const length = body === '' ? [] : [`Content-Length: ${Buffer.byteLength(body)}`];
  const head = [`${line} HTTP/1.1`, 'Host: 127.0.0.1', 'Connection: close', ...length, ...headers];
  return parseAnswer(await exchange(t, address, `${head.join('\r\n')}\r\n\r\n${body}`));
}
