import { type IncomingMessage, request as requestHttp } from 'node:http';
import { request as requestHttps } from 'node:https';
import type { Clock } from '../model/clock.ts';
import { runAfter } from '../os/clock.ts';

export interface UrlCheck {
  readonly url: URL;
  readonly method: string;
  readonly headers: Readonly<Record<string, string>>;
  /** For everything: name, connection, redirects, the last byte of the body, and the pauses between attempts. */
  readonly timeoutMs: number;
  /** How many redirects are followed. */
  readonly redirects: number;
  /** Between attempts while the connection is refused. */
  readonly retryIntervalMs: number;
  readonly tls: {
    /** PEM texts. */
    readonly ca?: string;
    readonly cert?: string;
    readonly key?: string;
    readonly rejectUnauthorized?: boolean;
  };
}

export interface Page {
  readonly status: number;
  readonly reason: string;
  readonly body: Buffer;
}

/** Of a longer body the rest is not looked at. */
const MAX_BODY_BYTES = 16 * 1024 * 1024;

function open(check: UrlCheck, url: URL, signal: AbortSignal): Promise<IncomingMessage> {
  const { method, tls } = check;
  // Names and values of another host than the one they were given for are nobody else's business.
  const headers = url.host === check.url.host ? check.headers : { 'User-Agent': 'httpok' };
  return new Promise((resolve, reject) => {
    const options = { method, headers, signal, agent: false } as const;
    const sent = url.protocol === 'https:' ? requestHttps(url, { ...options, ...tls }) : requestHttp(url, options);
    sent.on('response', resolve).on('error', reject).end();
  });
}

async function readBody(response: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of response) {
    if (!(chunk instanceof Uint8Array)) continue;
    chunks.push(Buffer.from(chunk));
    length += chunk.length;
    if (length > MAX_BODY_BYTES) break;
  }
  return Buffer.concat(chunks);
}

function redirectOf({ statusCode = 0, headers }: IncomingMessage, from: URL): URL | null {
  if (![301, 302, 303, 307, 308].includes(statusCode) || headers.location === undefined) return null;
  const target = new URL(headers.location, from);
  return /^https?:$/.test(target.protocol) ? target : null;
}

async function fetchOnce(check: UrlCheck, signal: AbortSignal): Promise<Page> {
  let { url } = check;
  for (let followed = 0; ; followed++) {
    const response = await open(check, url, signal);
    const target = followed < check.redirects ? redirectOf(response, url) : null;
    if (target === null) {
      const { statusCode = 0, statusMessage = '' } = response;
      return { status: statusCode, reason: statusMessage, body: await readBody(response) };
    }
    response.destroy();
    url = target;
  }
}

function isRefused(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ECONNREFUSED';
}

/** Rejects with the signal's reason as soon as it is aborted. */
async function pause(clock: Clock, delayMs: number, signal: AbortSignal): Promise<void> {
  signal.throwIfAborted();
  return new Promise((resolve, reject) => {
    const cancel = runAfter(clock, delayMs, resolve);
    signal.addEventListener('abort', () => {
      cancel();
      reject(signal.reason);
    });
  });
}

/** As many as fit into the time, if each attempt takes none. Source: superlance's timeoutconn. */
function attemptsOf({ timeoutMs, retryIntervalMs }: UrlCheck): number {
  return 1 + Math.floor(Math.max(timeoutMs - 1000, 0) / retryIntervalMs);
}

async function fetchPatiently(check: UrlCheck, clock: Clock, signal: AbortSignal): Promise<Page> {
  for (let left = attemptsOf(check); ; left--) {
    try {
      return await fetchOnce(check, signal);
    } catch (error) {
      if (!isRefused(error) || left <= 1) throw error;
      await pause(clock, check.retryIntervalMs, signal);
    }
  }
}

/** Asks for a page. @throws Error when there is no whole answer in time */
export async function fetchPage(check: UrlCheck, clock: Clock): Promise<Page> {
  const abort = new AbortController();
  const cancel = runAfter(clock, check.timeoutMs, () => abort.abort());
  try {
    return await fetchPatiently(check, clock, abort.signal);
  } catch (error) {
    if (abort.signal.aborted) throw new Error(`timed out after ${check.timeoutMs / 1000} seconds`);
    throw error;
  } finally {
    cancel();
  }
}
