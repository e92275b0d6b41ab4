import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { ConnectionClosed, MalformedReply } from '../../src/client/errors.ts';
import { BodyCollector, HttpReplyReader } from '../../src/client/http-reply.ts';

interface Read {
  readonly status: number | undefined;
  readonly keepAlive: boolean | undefined;
  readonly body: string;
  readonly done: boolean;
}

/** Feeds the text in pieces of so many bytes. */
function read(text: string, pieceBytes: number, ended = false): Read {
  const collector = new BodyCollector();
  const reader = new HttpReplyReader((bytes) => collector.add(bytes));
  const bytes = new TextEncoder().encode(text);
  for (let at = 0; at < bytes.length; at += pieceBytes) reader.push(bytes.subarray(at, at + pieceBytes));
  if (ended) reader.end();
  const { head, done } = reader;
  return { status: head?.status, keepAlive: head?.keepAlive, body: collector.text(), done };
}

const REPLIES: readonly (readonly [title: string, text: string, ended: boolean, expected: Read])[] = [
  [
    'counted',
    'HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhällo',
    false,
    { status: 200, keepAlive: true, body: 'häll', done: true },
  ],
  [
    'without a body',
    'HTTP/1.1 404 Not Found\r\ncontent-length: 0\r\n\r\n',
    false,
    { status: 404, keepAlive: true, body: '', done: true },
  ],
  [
    'chunked',
    'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3;x=y\r\nabc\r\nA\r\n0123456789\r\n0\r\nT: x\r\n\r\n',
    false,
    { status: 200, keepAlive: true, body: 'abc0123456789', done: true },
  ],
  [
    'closing',
    'HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 2\r\n\r\nok',
    false,
    { status: 200, keepAlive: false, body: 'ok', done: true },
  ],
  [
    'up to the end',
    'HTTP/1.0 200 OK\n\nall of it',
    true,
    { status: 200, keepAlive: false, body: 'all of it', done: true },
  ],
  [
    'of HTTP/1.0',
    'HTTP/1.0 200 OK\r\nContent-Length: 2\r\n\r\nok',
    false,
    { status: 200, keepAlive: false, body: 'ok', done: true },
  ],
  [
    'without a reason',
    'HTTP/1.1 200\r\nContent-Length: 0\r\n\r\n',
    false,
    { status: 200, keepAlive: true, body: '', done: true },
  ],
];

describe('an HTTP reply', () => {
  for (const [title, text, ended, expected] of REPLIES) {
    it(`${title} is read, however it is cut in pieces`, () => {
      for (let size = 1; size <= text.length + 1; size++) assert.deepEqual(read(text, size, ended), expected);
    });
  }

  it('that ends too early is told apart', () => {
    for (const text of ['', 'HTTP/1.1 200 OK\r\n', 'HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhal'])
      assert.throws(() => read(text, 100, true), ConnectionClosed);
  });

  it('that is none is refused', () => {
    const wrong = [
      'SSH-2.0-x\r\n\r\n',
      'HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n',
      'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nxyz\r\n',
      'x'.repeat(70_000),
    ];
    for (const text of wrong) assert.throws(() => read(text, 1000), MalformedReply);
  });
});
