import type { PostRequest } from '../os/http-post.ts';
import { type Deliver, DeliveryError } from './delivery.ts';

export interface Webhook {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
}

export type Post = (request: PostRequest) => Promise<number>;

/** Of refusals only these may be over the next time: too slow, too early, too many. Source: RFC 9110, RFC 6585. */
const PASSING_REFUSALS = new Set([408, 425, 429]);

function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  // Of several addresses that were tried there is no message, only the code of the last.
  return error.message !== '' || !('code' in error) ? error.message : String(error.code);
}

/** Delivers events as JSON by POST; any 2xx is success. */
export function webhookDelivery({ url, headers }: Webhook, version: string, send: Post): Deliver {
  const own = { 'User-Agent': `initvisor/${version}`, 'Content-Type': 'application/json', ...headers };
  return async (event, signal) => {
    let status: number;
    try {
      status = await send({ url, headers: own, body: JSON.stringify(event), signal });
    } catch (error) {
      throw new DeliveryError(reasonOf(error));
    }
    if (status >= 200 && status <= 299) return;
    throw new DeliveryError(`the server answered ${status}`, status >= 500 || PASSING_REFUSALS.has(status));
  };
}
