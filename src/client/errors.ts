/** The server understood the call and refused it. */
export class RpcFault extends Error {
  readonly code: number;
  /** `NAME` or `NAME: what`. */
  readonly faultString: string;

  constructor(code: number, faultString: string) {
    super(`cannot complete the call: ${faultString} (fault ${code})`);
    this.name = 'RpcFault';
    this.code = code;
    this.faultString = faultString;
  }
}

/** The server answered with another HTTP status than 200. */
export class HttpStatusError extends Error {
  readonly status: number;
  readonly reason: string;

  constructor(status: number, reason: string) {
    super(`cannot complete the call: the server answered ${status} ${reason}`);
    this.name = 'HttpStatusError';
    this.status = status;
    this.reason = reason;
  }
}

/** What came back is no HTTP, no XML-RPC, or not what the method promises. */
export class MalformedReply extends Error {
  constructor(what: string) {
    super(`cannot read the reply: ${what}`);
    this.name = 'MalformedReply';
  }
}

/** The server closed the connection without a whole reply. */
export class ConnectionClosed extends Error {
  constructor() {
    super('cannot read the reply: the server closed the connection');
    this.name = 'ConnectionClosed';
  }
}
