import { HttpError } from '../http/error-page.ts';
import type { HttpRequest } from '../http/request.ts';
import type { HttpResponse, ResponseHeaders, Route } from '../http/route.ts';
import { type Call, runAction } from './actions.ts';
import { readProcessRows } from './process-row.ts';
import { renderStatusPage } from './status-page.ts';
import { STYLE } from './style.ts';
import { renderTailPage } from './tail-page.ts';

export interface WebContext {
  readonly call: Call;
  readonly identifier: () => string;
  readonly version: string;
  /** Known to this daemon's pages only; a form without it changes nothing. */
  readonly token: string;
  /** The time for messages, as people write it. */
  readonly now: () => string;
}

const PAGE_HEADERS: ResponseHeaders = {
  'Content-Type': 'text/html;charset=utf-8',
  'Cache-Control': 'no-store',
  'Content-Security-Policy':
    "default-src 'none'; style-src 'self'; img-src data:; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
  'Referrer-Policy': 'same-origin',
  'X-Content-Type-Options': 'nosniff',
};

/** Bytes of output on a tail page unless the request says more. Source: supervisor/web.py. */
const TAIL_BYTES = 1024;
const MAX_TAIL_BYTES = 1024 * 1024;

const page = (body: string, status = 200): HttpResponse => ({ status, headers: PAGE_HEADERS, body });

/** Back to the page, where a reload does not do the same again. */
const backWith = (message: string): HttpResponse => ({
  status: 303,
  headers: { ...PAGE_HEADERS, Location: `index.html?message=${encodeURIComponent(message)}` },
  body: '',
});

async function showStatus(context: WebContext, request: HttpRequest): Promise<HttpResponse> {
  const rows = readProcessRows(await context.call('supervisor.getAllProcessInfo', []));
  const { version, token } = context;
  const message = request.query.get('message') ?? '';
  return page(renderStatusPage({ identifier: context.identifier(), version, rows, message, token }));
}

async function act(context: WebContext, request: HttpRequest): Promise<HttpResponse> {
  const form = new URLSearchParams((await request.body()).toString('utf8'));
  if (form.get('token') !== context.token) throw new HttpError(403);
  const message = await runAction(context.call, form.get('action') ?? '', form.get('processname') ?? '', context.now());
  if (message === null) throw new HttpError(400);
  return backWith(message);
}

/** `[text, offset, overflow]` of the tail methods. */
const textOfTail = (answer: unknown): string => (Array.isArray(answer) ? String(answer[0]) : '');

async function showTail(context: WebContext, request: HttpRequest): Promise<HttpResponse> {
  const namespec = request.query.get('processname') ?? '';
  if (namespec === '') return page(renderTailPage('', 'No process name found'));
  const limit = Math.min(Math.max(Number(request.query.get('limit')) || 0, TAIL_BYTES), MAX_TAIL_BYTES);
  try {
    const tail = textOfTail(await context.call('supervisor.tailProcessStdoutLog', [namespec, 0, limit]));
    if (tail !== '') return page(renderTailPage(namespec, tail));
    // No file, or an empty one: what the program wrote may still be in memory.
    const kept = String(await context.call('initvisor.tail', [namespec, 'stdout', limit]));
    return page(renderTailPage(namespec, kept === '' ? `No output of ${namespec}` : kept));
  } catch (error) {
    const text = error instanceof Error ? error.message : String(error);
    return page(renderTailPage(namespec, `ERROR: unexpected rpc fault ${text}`));
  }
}

/** The page and what belongs to it. Changes are POST requests that carry the page's token. */
export function webRoutes(context: WebContext): readonly Route[] {
  const pages = ['/', '/index.html'].flatMap((path): Route[] => [
    { match: 'exact', path, methods: ['GET', 'HEAD'], handle: (request) => showStatus(context, request) },
    { match: 'exact', path, methods: ['POST'], handle: (request) => act(context, request) },
  ]);
  return [
    ...pages,
    { match: 'exact', path: '/tail.html', methods: ['GET', 'HEAD'], handle: (request) => showTail(context, request) },
    {
      match: 'exact',
      path: '/stylesheets/supervisor.css',
      methods: ['GET', 'HEAD'],
      handle: async () => ({
        status: 200,
        headers: { 'Content-Type': 'text/css', 'Cache-Control': 'no-cache' },
        body: STYLE,
      }),
    },
    {
      match: 'exact',
      path: '/ok.html',
      methods: ['GET', 'HEAD'],
      handle: async () => ({ status: 200, headers: { 'Content-Type': 'text/plain' }, body: 'OK' }),
    },
  ];
}
