import type { IncomingHttpHeaders, IncomingMessage, ServerResponse } from 'node:http';
import { HttpError } from './error-page.ts';

/** One request, parsed as far as every handler needs it. */
export interface HttpRequest {
  readonly method: string;
  /** Percent-decoded once. */
  readonly path: string;
  readonly rawPath: string;
  readonly query: URLSearchParams;
  readonly headers: IncomingHttpHeaders;
  /** The whole body, bounded. @throws HttpError 413 or 503; never settles once the client has gone */
  body(): Promise<Buffer>;
  /** Aborts when the answer is complete or the client has gone. */
  readonly signal: AbortSignal;
  /** Address of the client, or `localhost` on a unix socket. */
  readonly remote: string;
  readonly isUnix: boolean;
}

export interface Target {
  readonly rawPath: string;
  readonly path: string;
  readonly query: string;
  /** Host of an absolute URL, as proxies send it. */
  readonly host: string | undefined;
}

const ABSOLUTE = /^https?:\/\/([^/?#]*)(.*)$/i;
const ESCAPES = /(?:%[0-9a-f]{2})+/gi;

/** Decodes once; what is no escape stays, and what is no UTF-8 becomes U+FFFD. Source: urllib.parse.unquote. */
export function decodePercent(text: string): string {
  return text.replace(ESCAPES, (run) => Buffer.from(run.replaceAll('%', ''), 'hex').toString('utf8'));
}

/** Splits what stands between method and version of a request line. */
export function parseTarget(url: string): Target {
  const [, host, rest = url] = ABSOLUTE.exec(url) ?? [];
  const [withQuery = ''] = rest.split('#', 1);
  const mark = withQuery.indexOf('?');
  const rawPath = mark < 0 ? withQuery : withQuery.slice(0, mark);
  const path = rawPath.includes('%') ? decodePercent(rawPath) : rawPath;
  return { rawPath, path, query: mark < 0 ? '' : withQuery.slice(mark + 1), host };
}

/** Bytes that the bodies being read may take together. */
export class BodyBudget {
  #left: number;

  constructor(bytes: number) {
    this.#left = bytes;
  }

  /** @throws HttpError 503 when others have them */
  take(bytes: number): void {
    if (bytes > this.#left) throw new HttpError(503);
    this.#left -= bytes;
  }

  give(bytes: number): void {
    this.#left += bytes;
  }
}

export interface BodyContext {
  readonly maxBytes: number;
  readonly budget: BodyBudget;
  /** The reading begins, and is over. */
  onBegin(): void;
  onEnd(): void;
}

/** Reads a whole body. @throws HttpError 413 when it is too long, 503 when too many are read at once */
export function readBody(message: IncomingMessage, { maxBytes, budget, onBegin, onEnd }: BodyContext): Promise<Buffer> {
  if (Number(message.headers['content-length'] ?? 0) > maxBytes) return Promise.reject(new HttpError(413));
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let bytes = 0;
    const take = (chunk: Buffer) => {
      try {
        if (bytes + chunk.length > maxBytes) throw new HttpError(413);
        budget.take(chunk.length);
        bytes += chunk.length;
        chunks.push(chunk);
      } catch (error) {
        finish();
        reject(error);
      }
    };
    const end = () => {
      finish();
      resolve(Buffer.concat(chunks));
    };
    // Also when the client goes in the middle: nobody is left to answer.
    const finish = () => {
      message.off('data', take).off('end', end).off('close', finish);
      budget.give(bytes);
      bytes = 0;
      onEnd();
    };
    onBegin();
    message.on('data', take).on('end', end).on('close', finish);
  });
}

export interface RequestSource {
  readonly message: IncomingMessage;
  readonly response: ServerResponse;
  readonly target: Target;
  readonly isUnix: boolean;
  readonly body: BodyContext;
}

/** Query, body and signal are made for those who ask. */
export class Request implements HttpRequest {
  readonly #source: RequestSource;
  #signal: AbortSignal | null = null;
  #body: Promise<Buffer> | null = null;

  constructor(source: RequestSource) {
    this.#source = source;
  }

  get method(): string {
    return this.#source.message.method ?? '';
  }

  get path(): string {
    return this.#source.target.path;
  }

  get rawPath(): string {
    return this.#source.target.rawPath;
  }

  get query(): URLSearchParams {
    return new URLSearchParams(this.#source.target.query);
  }

  get headers(): IncomingHttpHeaders {
    return this.#source.message.headers;
  }

  get isUnix(): boolean {
    return this.#source.isUnix;
  }

  get remote(): string {
    return this.#source.isUnix ? 'localhost' : (this.#source.message.socket.remoteAddress ?? '');
  }

  get signal(): AbortSignal {
    if (this.#signal === null) {
      const controller = new AbortController();
      const { response } = this.#source;
      this.#signal = controller.signal;
      if (response.destroyed || response.closed) controller.abort();
      else {
        response.once('close', () => {
          if (!response.writableFinished) controller.abort();
        });
      }
    }
    return this.#signal;
  }

  body(): Promise<Buffer> {
    this.#body ??= readBody(this.#source.message, this.#source.body);
    return this.#body;
  }
}
