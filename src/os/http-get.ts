import type { IncomingMessage } from 'node:http';
import { requesterFor } from './http-requester.ts';

export interface GetRequest {
  /** http or https; a user and password in it are sent as basic authentication. */
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  /** Of a longer body the rest is not waited for. */
  readonly maxBodyBytes: number;
  readonly verifiesCertificate: boolean;
  readonly signal: AbortSignal;
}

export interface GetAnswer {
  readonly status: number;
  /** The body has come to its end, or is longer than what was to be waited for. */
  readonly isWhole: boolean;
}

/** Reads a body away. */
function discard(response: IncomingMessage, maxBytes: number): Promise<boolean> {
  return new Promise((resolve) => {
    let bytes = 0;
    response.on('data', (chunk: Buffer) => {
      bytes += chunk.length;
      if (bytes <= maxBytes) return;
      resolve(true);
      response.destroy();
    });
    response.on('end', () => resolve(true));
    // Also after an error, which a body that breaks off is.
    response.on('close', () => resolve(false)).on('error', () => undefined);
  });
}

/**
 * Asks for a page on a connection of its own, which is gone afterwards, and follows no redirect.
 * @throws Node's own error; an AbortError when the signal aborts before there is an answer
 */
export async function get(request: GetRequest): Promise<GetAnswer> {
  const { headers, maxBodyBytes, verifiesCertificate, signal } = request;
  const url = new URL(request.url);
  const send = await requesterFor(url);
  return new Promise((resolve, reject) => {
    const options = { headers, agent: false, rejectUnauthorized: verifiesCertificate, signal } as const;
    let fail = reject;
    const sent = send(url, options, (response) => {
      // From now on it is the body that fails.
      fail = () => undefined;
      discard(response, maxBodyBytes).then((isWhole) => resolve({ status: response.statusCode ?? 0, isWhole }), reject);
    });
    sent.on('upgrade', ({ statusCode = 0 }, socket) => {
      socket.destroy();
      resolve({ status: statusCode, isWhole: true });
    });
    sent.on('error', (error) => fail(error)).end();
  });
}
