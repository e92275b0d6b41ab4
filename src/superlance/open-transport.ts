import { createNetTransport } from '../client/net-transport.ts';
import { parseServerUrl } from '../client/server-url.ts';
import type { Transport } from '../client/transport.ts';
import type { Host } from './host.ts';

const NO_SERVER: Transport = {
  exchange: () => Promise.reject(new Error('cannot call the daemon: SUPERVISOR_SERVER_URL is not set')),
  close: () => undefined,
};

/** To the daemon, by what it puts into its listeners' environment; connects at the first call. */
export function openTransport({ SUPERVISOR_SERVER_URL: url, ...env }: Host['env']): Transport {
  const endpoint = parseServerUrl(url ?? '');
  if (endpoint === null) return NO_SERVER;
  const { SUPERVISOR_USERNAME: username = '', SUPERVISOR_PASSWORD: password = '' } = env;
  return createNetTransport(endpoint, username === '' && password === '' ? null : { username, password });
}
