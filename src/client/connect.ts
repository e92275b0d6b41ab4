import { createCall } from './call.ts';
import { type InitvisorApi, initvisorApi } from './initvisor-api.ts';
import { createNetTransport } from './net-transport.ts';
import { type Endpoint, parseServerUrl } from './server-url.ts';
import { type SupervisorApi, supervisorApi } from './supervisor-api.ts';
import { type SystemApi, systemApi } from './system-api.ts';
import type { Transport } from './transport.ts';
import type { Check, WireValue } from './wire-value.ts';

export { ConnectionClosed, HttpStatusError, MalformedReply, RpcFault } from './errors.ts';
export type { Explanation, PlannedChange, ProcessUsage, Run } from './initvisor-api.ts';
export type { ConfigChanges, ConfigInfo, LogTail, ProcessInfo, StatusEntry } from './supervisor-api.ts';
export type { Check, InitvisorApi, SupervisorApi, SystemApi, WireValue };

export interface ConnectOptions {
  /** `http://host:port` or `unix:///path`; this or `socketPath`. */
  readonly url?: string;
  /** Of a unix socket. */
  readonly socketPath?: string;
  /** Both or none. */
  readonly username?: string;
  readonly password?: string;
}

/** Typed calls to one server, initvisor's or Supervisor's. */
export interface Client {
  readonly supervisor: SupervisorApi;
  /** A real supervisord refuses these with UNKNOWN_METHOD. */
  readonly initvisor: InitvisorApi;
  readonly system: SystemApi;
  /** Any other method; whatever it returns. */
  call(method: string, params?: readonly WireValue[]): Promise<WireValue>;
  /** Ends the connection; the next call makes another. */
  close(): void;
}

const isAnything: Check<WireValue> = (value): value is WireValue => value !== undefined;

function endpointOf({ url, socketPath }: ConnectOptions): Endpoint {
  if (socketPath !== undefined) return { kind: 'unix', path: socketPath };
  const endpoint = url === undefined ? null : parseServerUrl(url);
  if (endpoint === null)
    throw new TypeError('cannot connect: give a url, http://host:port or unix:///path, or a socketPath');
  return endpoint;
}

/** One exchange after the other, in the order of the calls. */
function inOrder(transport: Transport): Transport {
  let last: Promise<unknown> = Promise.resolve();
  return {
    exchange(body) {
      const reply = last.then(() => transport.exchange(body));
      last = reply.catch(() => undefined);
      return reply;
    },
    close: () => transport.close(),
  };
}

/**
 * A client of the control protocol; it connects with its first call, and keeps no program alive between calls.
 * A call throws RpcFault when the server refuses, HttpStatusError for a wrong password, or the system call's Error.
 * @throws TypeError without an address
 */
export function connect(options: ConnectOptions): Client {
  const { username, password } = options;
  const credentials = username === undefined || password === undefined ? null : { username, password };
  const transport = inOrder(createNetTransport(endpointOf(options), credentials));
  const call = createCall(transport);
  return {
    supervisor: supervisorApi(call),
    initvisor: initvisorApi(call),
    system: systemApi(call),
    call: (method, params = []) => call(method, params, isAnything),
    close: () => transport.close(),
  };
}
