/** Reason phrases where ours differ from Node's. Source: supervisor/medusa/http_server.py, RFC 2616. */
const REASONS: Readonly<Record<number, string>> = {
  200: 'OK',
  204: 'No Content',
  301: 'Moved Permanently',
  302: 'Moved Temporarily',
  303: 'See Other',
  304: 'Not Modified',
  400: 'Bad Request',
  401: 'Unauthorized',
  403: 'Forbidden',
  404: 'Not Found',
  405: 'Method Not Allowed',
  408: 'Request Time-out',
  411: 'Length Required',
  413: 'Request Entity Too Large',
  415: 'Unsupported Media Type',
  421: 'Misdirected Request',
  431: 'Request Header Fields Too Large',
  500: 'Internal Server Error',
  501: 'Not Implemented',
  503: 'Service Unavailable',
  504: 'Gateway Time-out',
};

/** What every answer says of its server: clients and monitoring have seen this for twenty years. */
export const SERVER_NAME = 'Medusa/1.12';

/** The phrase that stands behind a status. */
export function reasonOf(status: number): string {
  return REASONS[status] ?? 'Unknown';
}

/** A refusal, as a handler throws it; `detail` is sent as plain text in place of the error page. */
export class HttpError extends Error {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly detail: string | null;

  constructor(
    status: number,
    { headers = {}, detail = null }: { headers?: Readonly<Record<string, string>>; detail?: string | null } = {},
  ) {
    super(detail ?? reasonOf(status));
    this.name = 'HttpError';
    this.status = status;
    this.headers = headers;
    this.detail = detail;
  }

  /** Content type and body of its answer. */
  content(): { readonly type: string; readonly body: string } {
    if (this.detail !== null) return { type: 'text/plain;charset=utf-8', body: `${this.detail}\n` };
    return { type: 'text/html', body: renderErrorPage(this.status) };
  }
}

/** Body of an error, byte for byte what clients of Supervisor get. Source: supervisor/medusa/http_server.py. */
export function renderErrorPage(status: number): string {
  const lines = [
    '<head>',
    '<title>Error response</title>',
    '</head>',
    '<body>',
    '<h1>Error response</h1>',
    `<p>Error code ${status}.`,
    `<p>Message: ${reasonOf(status)}.`,
    '</body>',
  ];
  return lines.map((line) => `${line}\r\n`).join('');
}

/** An error as it goes over the wire where no response object can be used; `date` is HTTP's. The connection ends with it. */
export function renderRawError(error: HttpError, date: string): string {
  const { type, body } = error.content();
  const headers = {
    Server: SERVER_NAME,
    Date: date,
    'Content-Type': type,
    'Content-Length': String(Buffer.byteLength(body)),
    Connection: 'close',
    ...error.headers,
  };
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
  return `HTTP/1.1 ${error.status} ${reasonOf(error.status)}\r\n${lines.join('')}\r\n${body}`;
}
