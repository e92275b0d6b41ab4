/** One way to find out whether a program is ready or well. */
export type ProbeSpec =
  | { readonly kind: 'http'; readonly url: string }
  | { readonly kind: 'tcp'; readonly host: string; readonly port: number }
  | { readonly kind: 'exec'; readonly command: string }
  /** sd_notify's READY=1 on NOTIFY_SOCKET. */
  | { readonly kind: 'notify' }
  /** A newline on a descriptor that the program is given. */
  | { readonly kind: 'fd'; readonly fd: number }
  /** A line of its output that a regular expression matches. */
  | { readonly kind: 'log'; readonly pattern: string };

/** Those that can be asked again and again. */
export type PolledProbe = Extract<ProbeSpec, { kind: 'http' | 'tcp' | 'exec' }>;

export const isPolled = (probe: ProbeSpec): probe is PolledProbe =>
  probe.kind === 'http' || probe.kind === 'tcp' || probe.kind === 'exec';

/** As it stands in a configuration. */
export function renderProbe(probe: ProbeSpec): string {
  switch (probe.kind) {
    case 'http':
      return probe.url;
    case 'tcp':
      return `tcp://${probe.host.includes(':') ? `[${probe.host}]` : probe.host}:${probe.port}`;
    case 'exec':
      return `exec:${probe.command}`;
    case 'notify':
      return 'notify';
    case 'fd':
      return `fd:${probe.fd}`;
    case 'log':
      return `log:${probe.pattern}`;
  }
}
