const IPV4 = /^\d{1,3}(?:\.\d{1,3}){3}$/;
const IPV6 = /^\[[0-9a-f:.]+\]$/;
/** `name`, `name:port`, `[address]:port`. */
const HOST = /^(\[[^\]]*\]|[^:]*)(?::\d*)?$/;

/** The host of a Host header in lower case, without port and final dot; null when it is none. */
function hostOf(header: string): string | null {
  const host = HOST.exec(header.trim().toLowerCase())?.[1];
  if (host === undefined || host === '') return null;
  return host.endsWith('.') ? host.slice(0, -1) : host;
}

/**
 * Whether a Host header can be meant for us: an address, `localhost`, a name without dots, or one of `names`. A page of
 * somebody else's site that had its name resolved to us (DNS rebinding) comes with that name, which has dots. A name without
 * any is one of the container network's. A missing header, as browsers never send it, passes.
 */
export function isAllowedHost(header: string | undefined, names: ReadonlySet<string>): boolean {
  if (header === undefined) return true;
  const host = hostOf(header);
  if (host === null) return false;
  return IPV4.test(host) || IPV6.test(host) || /^[^.[\]]+$/.test(host) || names.has(host);
}
