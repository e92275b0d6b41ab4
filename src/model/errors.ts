/** Every error that initvisor raises on purpose, by its stable code. */
export const ERROR_CODES = {
  INVALID_CONFIG: 'the configuration has problems; every one is listed with file and line',
  USAGE: 'the command line is wrong',
  CANNOT_LISTEN: 'a control server cannot be opened',
  NATIVE_MISSING: 'the native addon for this platform is missing',
  MALFORMED_XMLRPC: 'an XML-RPC message is not well-formed, or breaks the rules of XML-RPC or its limits',
} as const;

export type ErrorCode = keyof typeof ERROR_CODES;

/** Base of every error raised on purpose; `code` is stable, the text is for people. */
export class InitvisorError extends Error {
  readonly code: ErrorCode;

  constructor(code: ErrorCode, message: string, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause });
    this.name = 'InitvisorError';
    this.code = code;
  }
}
