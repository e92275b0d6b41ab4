import { requesterFor } from './http-requester.ts';

export interface PostRequest {
  /** http or https. */
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  readonly signal: AbortSignal;
}

/**
 * Sends a POST on a connection of its own and gives the answer's status; its body is not read, and no redirect followed.
 * @throws Node's own error; an AbortError when the signal aborts
 */
export async function post({ url, headers, body, signal }: PostRequest): Promise<number> {
  const target = new URL(url);
  const send = await requesterFor(target);
  return new Promise((resolve, reject) => {
    const length = Buffer.byteLength(body);
    const options = { method: 'POST', headers: { ...headers, 'Content-Length': length }, agent: false, signal };
    const sent = send(target, options, (response) => {
      response.on('error', () => undefined).destroy();
      resolve(response.statusCode ?? 0);
    });
    sent.on('error', reject).end(body);
  });
}
