import type { OutgoingHttpHeaders, ServerResponse } from 'node:http';
import { reasonOf, SERVER_NAME } from './error-page.ts';
import type { HttpResponse, ResponseHeaders } from './route.ts';

function headersOf(headers: ResponseHeaders, more: OutgoingHttpHeaders): OutgoingHttpHeaders {
  const all: OutgoingHttpHeaders = { Server: SERVER_NAME, ...more };
  for (const [name, value] of Object.entries(headers)) all[name] = typeof value === 'string' ? value : [...value];
  return all;
}

/** Settles when there is room again or nobody is left to send to. */
function room(response: ServerResponse): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      response.off('drain', done).off('close', done);
      resolve();
    };
    response.on('drain', done).on('close', done);
  });
}

/** Bytes sent at a time: whether a slow client takes any is seen by whole pieces. */
const PIECE_BYTES = 64 * 1024;

/** Sends an answer whose end is known. */
export async function sendWhole(
  response: ServerResponse,
  answer: Extract<HttpResponse, { body: unknown }>,
): Promise<void> {
  const { status, headers, body } = answer;
  const length = typeof body === 'string' ? Buffer.byteLength(body) : body.length;
  response.writeHead(status, reasonOf(status), headersOf(headers, { 'Content-Length': length }));
  if (length <= PIECE_BYTES) {
    response.end(body);
    return;
  }
  const bytes = typeof body === 'string' ? Buffer.from(body) : body;
  for (let at = 0; at < length && !response.closed; at += PIECE_BYTES) {
    if (!response.write(bytes.subarray(at, at + PIECE_BYTES))) await room(response);
  }
  response.end();
}

/** Sends chunk by chunk, never more than the client takes; the source is ended when the client goes. */
export async function sendStream(
  response: ServerResponse,
  answer: Extract<HttpResponse, { stream: unknown }>,
): Promise<void> {
  const { status, headers, stream } = answer;
  response.writeHead(status, reasonOf(status), headersOf(headers, {}));
  // A reader of a quiet log learns at once that it is read.
  response.flushHeaders();
  for await (const chunk of stream) {
    if (response.closed) return;
    if (!response.write(chunk)) await room(response);
    if (response.closed) return;
  }
  response.end();
}
