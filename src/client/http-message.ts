/** Name and password as they are given to the server; both or none. */
export interface Credentials {
  readonly username: string;
  readonly password: string;
}

function toBase64(text: string): string {
  return btoa(Array.from(new TextEncoder().encode(text), (byte) => String.fromCharCode(byte)).join(''));
}

function authorization(credentials: Credentials | null): readonly string[] {
  if (credentials === null) return [];
  return [`Authorization: Basic ${toBase64(`${credentials.username}:${credentials.password}`)}`];
}

function withoutLineEnds(text: string): string {
  return text.replace(/[\r\n]/g, '');
}

/** A POST of an XML-RPC body, head and all. */
export function renderPost(host: string, body: string, credentials: Credentials | null): Uint8Array {
  const bytes = new TextEncoder().encode(body);
  const lines = [
    'POST /RPC2 HTTP/1.1',
    `Host: ${withoutLineEnds(host)}`,
    'User-Agent: initvisor',
    'Content-Type: text/xml',
    'Accept: text/xml',
    `Content-Length: ${bytes.length}`,
    ...authorization(credentials),
  ];
  const head = new TextEncoder().encode(`${lines.join('\r\n')}\r\n\r\n`);
  const message = new Uint8Array(head.length + bytes.length);
  message.set(head);
  message.set(bytes, head.length);
  return message;
}

/** A GET of a stream. */
export function renderGet(host: string, path: string, credentials: Credentials | null): Uint8Array {
  const lines = [
    `GET ${withoutLineEnds(path)} HTTP/1.1`,
    `Host: ${withoutLineEnds(host)}`,
    'User-Agent: initvisor',
    'Accept: */*',
    ...authorization(credentials),
  ];
  return new TextEncoder().encode(`${lines.join('\r\n')}\r\n\r\n`);
}
