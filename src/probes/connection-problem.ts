/** What a connection fails with most, in plain words. */
const REASONS: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'connection refused',
  ECONNRESET: 'connection closed without an answer',
  EPIPE: 'connection closed without an answer',
  ENOTFOUND: 'unknown host',
  EAI_AGAIN: 'the host cannot be looked up now',
  EHOSTUNREACH: 'host unreachable',
  ENETUNREACH: 'network unreachable',
  ETIMEDOUT: 'connection timed out',
  EADDRNOTAVAIL: 'no such address or port',
  EMFILE: 'too many open files',
  ENFILE: 'too many open files',
  EPROTO: 'no TLS',
  HPE_HEADER_OVERFLOW: 'headers too large',
};

/** Of several addresses that were tried, the one where somebody could have listened. */
function firstCause(error: Error): Error {
  if (!(error instanceof AggregateError)) return error;
  const causes = error.errors.filter((cause): cause is Error => cause instanceof Error);
  return causes.find((cause) => codeOf(cause) === 'ECONNREFUSED') ?? causes[0] ?? error;
}

function codeOf(error: Error): string {
  return 'code' in error && typeof error.code === 'string' ? error.code : '';
}

/** `connection refused (ECONNREFUSED)`. */
export function renderConnectionProblem(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const cause = firstCause(error);
  const code = codeOf(cause);
  if (code === '') return cause.message;
  const reason = REASONS[code] ?? (code.startsWith('HPE_') ? 'not HTTP' : cause.message);
  return reason.includes(code) ? reason : `${reason} (${code})`;
}
