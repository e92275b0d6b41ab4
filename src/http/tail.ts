import { splitNamespec } from '../model/namespec.ts';
import { type FollowedChunk, followFile } from '../os/follow-file.ts';
import { HttpError } from './error-page.ts';
import type { HttpRequest } from './request.ts';
import type { HttpResponse, ResponseHeaders, Route } from './route.ts';

/** Output that is kept in memory only, as its log is a descriptor of ours or there is none. */
export interface MemoryLog {
  /** The newest bytes that are still there. */
  tail(bytes: number): Buffer;
  /** Calls back with everything that comes from now on, until the returned function is called. */
  subscribe(listener: (data: Buffer) => void): () => void;
}

export type LogSource =
  | { readonly kind: 'file'; readonly path: string }
  | { readonly kind: 'memory'; readonly log: MemoryLog };

export interface TailOptions {
  /** Null: there is no such process, or it has no such log. Names come as the client wrote them. */
  findLog(group: string, process: string, channel: 'stdout' | 'stderr'): LogSource | null;
  mainLog(): LogSource | null;
}

/** How much of the past a reader gets, in bytes. Source: supervisor/http.py. */
const HEAD_BYTES = 1024;
/** Bytes that a reader of a log in memory may be behind. */
const MAX_BEHIND_BYTES = 256 * 1024;
const TRUNCATED = '==> File truncated <==\n';

async function* textOf(chunks: AsyncIterable<FollowedChunk>): AsyncGenerator<Buffer | string> {
  for await (const chunk of chunks) yield chunk === 'truncated' ? TRUNCATED : chunk;
}

/** A reader that is too slow misses the oldest, and is told how much. */
async function* followMemory(log: MemoryLog, signal: AbortSignal): AsyncGenerator<Buffer | string> {
  let chunks: Buffer[] = [log.tail(HEAD_BYTES)];
  let behind = 0;
  let missed = 0;
  let wake = (): void => undefined;
  const unsubscribe = log.subscribe((data) => {
    chunks.push(data);
    behind += data.length;
    while (behind > MAX_BEHIND_BYTES && chunks.length > 1) {
      const { length } = chunks.shift() ?? data;
      behind -= length;
      missed += length;
    }
    wake();
  });
  signal.addEventListener('abort', () => wake(), { once: true });
  try {
    while (!signal.aborted) {
      if (missed > 0) yield `==> ${missed} bytes were too fast for this reader <==\n`;
      const ready = chunks;
      [chunks, behind, missed] = [[], 0, 0];
      for (const chunk of ready) if (chunk.length > 0) yield chunk;
      if (chunks.length > 0 || signal.aborted) continue;
      await new Promise<void>((resolve) => {
        wake = resolve;
      });
    }
  } finally {
    unsubscribe();
  }
}

async function answerTail(
  source: LogSource | null,
  request: HttpRequest,
  more: ResponseHeaders,
): Promise<HttpResponse> {
  if (source === null) throw new HttpError(404);
  const headers = { 'Content-Type': 'text/plain;charset=utf-8', ...more };
  if (source.kind === 'memory') return { status: 200, headers, stream: followMemory(source.log, request.signal) };
  const file = await followFile(source.path, HEAD_BYTES, request.signal);
  if (file === null) throw new HttpError(404);
  return { status: 200, headers: { 'Last-Modified': file.modifiedAt, ...headers }, stream: textOf(file.chunks) };
}

/** The log that `/logtail/group:name/stderr` means. Names are looked up, never used as a path. */
function findProcessLog(path: string, { findLog }: TailOptions): LogSource | null {
  const [prefix, namespec = '', channel = 'stdout', ...rest] = path.replace(/^\/+/, '').split('/');
  if (prefix !== 'logtail' || rest.length > 0 || (channel !== 'stdout' && channel !== 'stderr')) return null;
  const { group, process } = splitNamespec(namespec);
  return process === undefined || process === '' ? null : findLog(group, process, channel);
}

/** Logs that go on as they are written. Source: supervisor/http.py logtail_handler, mainlogtail_handler. */
export function tailRoutes(options: TailOptions): readonly Route[] {
  // Asks nginx and its kin to pass each line on at once.
  const unbuffered = { 'X-Accel-Buffering': 'no' };
  return [
    {
      match: 'prefix',
      path: '/logtail',
      methods: ['GET'],
      handle: async (request) => answerTail(findProcessLog(request.path, options), request, unbuffered),
    },
    {
      match: 'prefix',
      path: '/mainlogtail',
      methods: ['GET'],
      handle: async (request) => answerTail(options.mainLog(), request, unbuffered),
    },
  ];
}
