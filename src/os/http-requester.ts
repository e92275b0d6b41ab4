import { type ClientRequest, type IncomingMessage, type RequestOptions, request } from 'node:http';

export type HttpRequester = (
  url: URL,
  options: RequestOptions & { readonly rejectUnauthorized?: boolean },
  onResponse: (response: IncomingMessage) => void,
) => ClientRequest;

/** What sends a request to a http or https URL. */
export async function requesterFor({ protocol }: URL): Promise<HttpRequester> {
  return protocol === 'https:' ? (await import('./https-request.ts')).requestOverTls : request;
}
