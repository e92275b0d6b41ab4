import type { Clock } from '../model/clock.ts';
import type { Log } from '../model/log-level.ts';
import { pythonQuote } from '../model/python-quote.ts';
import { createClock, createTimer } from '../os/clock.ts';
import {
  type ListenAddress,
  type ListeningSocket,
  type OpenContext,
  openSockets,
  ownHostname,
  removeSocketFiles,
} from '../os/sockets.ts';
import { isAllowedHost } from './host-check.ts';
import { HTTP_LIMITS, type HttpLimits } from './limits.ts';
import type { Route } from './route.ts';
import { HttpServer } from './server.ts';

export interface HttpServerConfig {
  readonly section: string;
  readonly username: string | null;
  readonly password: string | null;
  readonly address: ListenAddress;
}

export interface ServeOptions {
  /** The first that fits is taken. */
  readonly routes: readonly Route[];
  readonly log: Log;
  /** Whether the log takes a line for each request; it is asked each time. */
  readonly tracesRequests?: () => boolean;
  readonly limits?: Partial<HttpLimits>;
  /** Told of each answer's bytes. */
  readonly onSent?: (bytes: number) => void;
  /** More names by which clients may address the TCP servers. */
  readonly hostNames?: readonly string[];
  readonly clock?: Clock;
}

export interface HttpServers {
  /** The files of unix sockets. */
  readonly socketPaths: readonly string[];
  connectionCount(): number;
  /** Removes the files of unix sockets that are still ours; for the way out, where nothing can be awaited. */
  removeSocketFiles(): void;
  /** Ends everything: answers under way are given `graceMs` (1000), waiting clients and streams end at once. */
  close(graceMs?: number): Promise<void>;
}

const GRACE_MS = 1_000;
/** Permission bits of a socket by which others than its owner may connect. */
const OTHERS_WRITE = 0o022;

async function authorizerOf({ username, password }: HttpServerConfig) {
  if (username === null || password === null) return null;
  // Cryptography is for those who have a password.
  const { createAuthorizer } = await import('./auth.ts');
  return createAuthorizer({ username, password });
}

function hostCheckOf({ address }: HttpServerConfig, hostNames: readonly string[]) {
  if (address.kind === 'unix') return null;
  const names = new Set([address.host, ownHostname(), ...hostNames].map((name) => name.toLowerCase()));
  return (header: string | undefined) => isAllowedHost(header, names);
}

/** Whether others than programs of this container, or than the socket's owner, can connect. */
function isOpenToOthers(address: ListenAddress): boolean {
  if (address.kind === 'unix') return (address.chmod & OTHERS_WRITE) !== 0;
  return !/^(127\.|::1$|localhost$)/.test(address.host);
}

/** Upstream's text, but only where somebody else could come in. Source: supervisor/http.py make_http_servers. */
function warnIfOpen({ section, username, address }: HttpServerConfig, log: Log): void {
  if (username !== null || !isOpenToOthers(address)) return;
  log('critical', `Server ${pythonQuote(section)} running without any HTTP authentication checking`);
}

/** Where clients find it: `http://127.0.0.1:9001`, `unix:///run/supervisor.sock`. */
export function renderAddress(address: ListenAddress): string {
  if (address.kind === 'unix') return `unix://${address.path}`;
  const host = address.host.includes(':') ? `[${address.host}]` : address.host || '*';
  return `http://${host}:${address.port}`;
}

/** Answers on sockets that listen already, `sockets[i]` being that of `configs[i]`. */
export async function serve(
  configs: readonly HttpServerConfig[],
  sockets: readonly ListeningSocket[],
  options: ServeOptions,
): Promise<HttpServers> {
  const {
    routes,
    log,
    tracesRequests = () => false,
    onSent = () => undefined,
    hostNames = [],
    clock = createClock(),
  } = options;
  const limits = { ...HTTP_LIMITS, ...options.limits };
  const servers: HttpServer[] = [];
  for (const [index, config] of configs.entries()) {
    const socket = sockets[index];
    if (socket === undefined) throw new Error('internal error: a server has no socket');
    warnIfOpen(config, log);
    const server = new HttpServer(socket, {
      routes,
      log,
      tracesRequests,
      onSent,
      clock,
      createTimer: (onDue) => createTimer(clock, onDue),
      limits,
      isAuthorized: await authorizerOf(config),
      isAllowedHost: hostCheckOf(config, hostNames),
    });
    await server.listen();
    servers.push(server);
  }
  return {
    socketPaths: sockets.flatMap(({ file }) => (file === null ? [] : [file.path])),
    connectionCount: () => servers.reduce((sum, server) => sum + server.connectionCount, 0),
    removeSocketFiles: () => removeSocketFiles(sockets),
    async close(graceMs = GRACE_MS) {
      removeSocketFiles(sockets);
      await Promise.all(servers.map((server) => server.close(graceMs)));
    },
  };
}

/**
 * Opens the sockets and serves them at once. A daemon calls the two apart: `openSockets` (os/sockets.ts) before its programs
 * are spawned, as a socket that cannot be had is exit 2, and `serve` by a dynamic import after, as Node's HTTP takes a while
 * to load.
 * @throws InitvisorError CANNOT_LISTEN
 */
export async function openServers(
  configs: readonly HttpServerConfig[],
  { native, ...options }: ServeOptions & Pick<OpenContext, 'native'>,
): Promise<HttpServers> {
  const sockets = await openSockets(
    configs.map(({ address }) => address),
    { native, log: options.log },
  );
  return serve(configs, sockets, options);
}
