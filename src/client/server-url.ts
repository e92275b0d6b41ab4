/** Where a server listens. */
export type Endpoint =
  | { readonly kind: 'unix'; readonly path: string }
  | { readonly kind: 'tcp'; readonly host: string; readonly port: number };

const DEFAULT_PORT = 80;

/** `http://host:port` and `unix:///path`; null for anything else. Source: supervisor/xmlrpc.py SupervisorTransport. */
export function parseServerUrl(url: string): Endpoint | null {
  if (url.startsWith('unix://')) return { kind: 'unix', path: url.slice('unix://'.length) };
  const authority = /^http:\/\/(?:[^/?#@]*@)?([^/?#]*)/.exec(url)?.[1];
  if (authority === undefined) return null;
  const [, host = '', port] = /^(\[[^\]]*\]|[^:]*)(?::(\d*))?$/.exec(authority) ?? [];
  const number = port === undefined || port === '' ? DEFAULT_PORT : Number(port);
  return { kind: 'tcp', host: host.replace(/^\[|\]$/g, '').toLowerCase(), port: number };
}

/** What goes into the Host header. */
export function hostHeader(endpoint: Endpoint): string {
  if (endpoint.kind === 'unix') return 'localhost';
  const host = endpoint.host.includes(':') ? `[${endpoint.host}]` : endpoint.host;
  return endpoint.port === DEFAULT_PORT ? host : `${host}:${endpoint.port}`;
}
