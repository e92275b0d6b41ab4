/** What one server gives its clients at most. */
export interface HttpLimits {
  /** Beyond them the one that has waited longest between two requests has to go, or the newest is refused. */
  readonly connections: number;
  /** Connections that may be busy with a stream, so that some are left for everything else. */
  readonly streams: number;
  /** Requests that may wait behind the one being answered on a connection. */
  readonly pipelined: number;
  /** Bytes of a request's head. */
  readonly headBytes: number;
  /** Bytes of one request's body. */
  readonly bodyBytes: number;
  /** Bytes of all bodies that are being read. */
  readonly allBodiesBytes: number;
  /** Milliseconds for the first request's head. */
  readonly headMs: number;
  /** Milliseconds for a request's body. */
  readonly bodyMs: number;
  /** Milliseconds in which a client that is sent something has to take some of it. */
  readonly stallMs: number;
  /** Milliseconds between two requests: long, as clients of Supervisor keep a connection and do not expect its end. */
  readonly idleMs: number;
  /** Milliseconds for the rest of a request that was refused before its end, so that its sender reads why. */
  readonly lingerMs: number;
}

/** Idle time is Supervisor's; source: supervisor/medusa/http_server.py zombie_timeout. */
export const HTTP_LIMITS: HttpLimits = {
  connections: 256,
  streams: 128,
  pipelined: 32,
  headBytes: 16 * 1024,
  bodyBytes: 1024 * 1024,
  allBodiesBytes: 16 * 1024 * 1024,
  headMs: 10_000,
  bodyMs: 30_000,
  stallMs: 60_000,
  idleMs: 30 * 60_000,
  lingerMs: 2_000,
};
