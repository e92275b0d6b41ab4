import type { HttpRequest } from './request.ts';

/** Header names as they are to be sent. Server, Date, Content-Length and Connection are added. */
export type ResponseHeaders = Readonly<Record<string, string | readonly string[]>>;

/** A whole answer, or one that goes on until its source ends or the client goes. */
export type HttpResponse =
  | { readonly status: number; readonly headers: ResponseHeaders; readonly body: string | Buffer }
  | {
      readonly status: number;
      readonly headers: ResponseHeaders;
      /** Asked for the next chunk only once the client took the last; has to end when the request's signal aborts. */
      readonly stream: AsyncIterable<Buffer | string>;
    };

export interface Route {
  readonly match: 'exact' | 'prefix';
  /** Compared with the decoded path. */
  readonly path: string;
  readonly methods: readonly string[];
  /** May throw HttpError; anything else that it throws is answered with 500 and logged. */
  handle(request: HttpRequest): Promise<HttpResponse>;
}

/** What a request leads to: a route, or the status of its refusal. */
export type Match = { readonly route: Route } | { readonly status: 400 | 404 };

/**
 * The first route that fits. A method that no route of the path takes is 400, as is a method that could change
 * something at a path that nobody serves. Source: supervisor/http.py, supervisor/medusa/default_handler.py.
 */
export function findRoute(routes: readonly Route[], method: string, path: string): Match {
  let isKnown = false;
  for (const route of routes) {
    if (route.match === 'exact' ? path !== route.path : !path.startsWith(route.path)) continue;
    if (route.methods.includes(method)) return { route };
    isKnown = true;
  }
  return { status: isKnown || (method !== 'GET' && method !== 'HEAD') ? 400 : 404 };
}
