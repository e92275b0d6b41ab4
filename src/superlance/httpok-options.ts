import type { UrlCheck } from './check-url.ts';
import { alias, type CommandShape, flag, type Given, parseWhole, readOptionFile, UsageError } from './command-line.ts';
import type { Host } from './host.ts';
import { commandMailFlags } from './mail-options.ts';

const DEFAULT_GCORE = '/usr/bin/gcore -o';

const CA_FILE = flag('--cacert FILE', "certificates (PEM) that may sign the server's, besides no other");
const PROGRAM = flag('-p, --program NAME', 'process to restart, as name or group:name; may be given several times');

export const HTTPOK_SHAPE: CommandShape = {
  name: 'httpok',
  synopsis: '[options] URL',
  about:
    'Asks for a page on each tick, and restarts processes when the answer is not the wanted one. ' +
    'An event listener, for events=TICK_60 or another TICK.',
  parser: 'getopt',
  flags: [
    flag('-h, --help', 'print this and end'),
    PROGRAM,
    flag('-a, --any', 'restart every process that is RUNNING, but not httpok itself; -p does not count then'),
    flag('-g, --gcore CMD', `command line that dumps a core: it gets a path and a pid (${DEFAULT_GCORE})`),
    flag('-d, --coredir DIR', 'dump a core of each process there before its restart'),
    flag('-t, --timeout SECONDS', 'time for the whole exchange (10)'),
    flag('-c, --code CODE', 'status that is right; may be given several times (200)'),
    flag('-b, --body TEXT', 'text that has to stand in the body'),
    flag('-e, --eager', 'check even when none of the processes is RUNNING (the default)'),
    flag('-E, --not-eager', 'check only while one of the processes is RUNNING'),
    flag('-n, --name NAME', 'goes into the subject of mails'),
    flag('--failures COUNT', 'restart after so many failed checks in a row (1)'),
    flag('--retry-interval SECONDS', 'while the connection is refused and the timeout allows, try again (10)'),
    flag('--method METHOD', 'of the request (GET)'),
    flag('--header LINE', 'a "Name: value" to send along; may be given several times'),
    flag('--user NAME:PASSWORD', 'for basic authentication; may also stand in the URL'),
    flag('--redirects COUNT', 'follow so many redirects (0)'),
    CA_FILE,
    flag('--cert FILE', 'certificate (PEM) to show to the server'),
    flag('--key FILE', 'key (PEM) of that certificate'),
    flag('--insecure', 'take any certificate'),
    alias('ca-file', CA_FILE),
    ...commandMailFlags(),
  ],
};

export interface HttpokOptions {
  readonly check: UrlCheck;
  /** URL as it was given, for messages. */
  readonly url: string;
  readonly codes: readonly number[];
  readonly body: string | null;
  /** Null: every process. */
  readonly programs: readonly string[] | null;
  readonly eager: boolean;
  readonly failures: number;
  readonly gcore: string;
  readonly coredir: string | null;
  readonly name: string | null;
}

function readUrl(given: Given): { readonly url: URL; readonly text: string } {
  const [text, ...others] = given.rest;
  if (text === undefined || others.length > 0) throw new UsageError('exactly one URL is wanted');
  const url = URL.canParse(text) ? new URL(text) : null;
  if (url === null || !/^https?:$/.test(url.protocol)) {
    throw new UsageError(`cannot check ${text}: neither an http nor an https URL`);
  }
  return { url, text };
}

function readHeaders(given: Given, url: URL): Record<string, string> {
  const headers: Record<string, string> = { 'User-Agent': 'httpok' };
  const inUrl =
    url.username === '' ? undefined : `${decodeURIComponent(url.username)}:${decodeURIComponent(url.password)}`;
  const user = given.last('user') ?? inUrl;
  if (user !== undefined) headers.Authorization = `Basic ${Buffer.from(user).toString('base64')}`;
  for (const line of given.all('header')) {
    const [, name, value] = /^([!#$%&'*+.^_`|~\w-]+):[ \t]*([\t\x20-\x7e\x80-\xff]*)$/.exec(line) ?? [];
    if (name === undefined || value === undefined) throw new UsageError(`Unparseable value '${line}' for '--header'`);
    headers[name] = value;
  }
  return headers;
}

function readTls(given: Given, host: Pick<Host, 'readFile'>): UrlCheck['tls'] {
  const read = (long: string, name: string): Record<string, string> => {
    const path = given.last(long);
    return path === undefined ? {} : { [name]: readOptionFile(host, path) };
  };
  const insecure = given.has('insecure') ? { rejectUnauthorized: false } : {};
  return { ...read('cacert', 'ca'), ...read('cert', 'cert'), ...read('key', 'key'), ...insecure };
}

function readCodes(given: Given): number[] {
  const codes = given.all('code').map(Number);
  if (codes.some((code) => !Number.isInteger(code))) throw new UsageError("Unparseable value for '--code'");
  return codes.length > 0 ? codes : [200];
}

/** @throws UsageError */
export function readHttpokOptions(given: Given, host: Pick<Host, 'readFile'>): HttpokOptions {
  const { url, text } = readUrl(given);
  const method = given.last('method') ?? 'GET';
  if (!/^[A-Za-z]+$/.test(method)) throw new UsageError(`Unparseable value '${method}' for '--method'`);
  const eagerness = given.flags.filter(({ long }) => long === 'eager' || long === 'not-eager').at(-1);
  return {
    check: {
      url,
      method: method.toUpperCase(),
      headers: readHeaders(given, url),
      timeoutMs: parseWhole(given, 'timeout', 10, 1) * 1000,
      retryIntervalMs: parseWhole(given, 'retry-interval', 10, 1) * 1000,
      redirects: parseWhole(given, 'redirects', 0),
      tls: readTls(given, host),
    },
    url: text,
    codes: readCodes(given),
    body: given.last('body') ?? null,
    programs: given.has('any') ? null : given.all('program'),
    eager: eagerness?.long !== 'not-eager',
    failures: parseWhole(given, 'failures', 1, 1),
    gcore: given.last('gcore') ?? DEFAULT_GCORE,
    coredir: given.last('coredir') ?? null,
    name: given.last('name') ?? null,
  };
}
