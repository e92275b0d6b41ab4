import { createConnection, type Socket } from 'node:net';
import { encodeCall } from '../../src/xmlrpc/encode.ts';
import type { XmlRpcValue } from '../../src/xmlrpc/value.ts';
import type { ServerAddress } from './control-client.ts';

export interface Load {
  readonly address: ServerAddress;
  readonly method: string;
  readonly params?: readonly XmlRpcValue[];
  readonly clients: number;
  readonly seconds: number;
  /** Each client keeps its connection; otherwise every call has one of its own. */
  readonly keepsAlive: boolean;
  /** What is wrong with an answer's body, null when nothing is. */
  readonly check: (body: string) => string | null;
}

export interface LoadResult {
  readonly answers: number;
  readonly perSecond: number;
  readonly p99Ms: number;
  /** What went wrong, without repetition. */
  readonly problems: readonly string[];
}

const HEAD_END = '\r\n\r\n';

function renderRequest({ method, params = [], keepsAlive }: Load): Buffer {
  const body = encodeCall(method, params);
  const head = [
    'POST /RPC2 HTTP/1.1',
    'Host: localhost',
    'Content-Type: text/xml',
    `Content-Length: ${Buffer.byteLength(body)}`,
    `Connection: ${keepsAlive ? 'keep-alive' : 'close'}`,
  ];
  return Buffer.from(head.join('\r\n') + HEAD_END + body);
}

/** Reads answers with a length off one connection; null while one is not complete. */
class AnswerReader {
  #chunks: Buffer[] = [];
  #bytes = 0;
  #expected = -1;
  #headBytes = 0;

  push(chunk: Buffer): { readonly status: number; readonly body: Buffer } | null {
    this.#chunks.push(chunk);
    this.#bytes += chunk.length;
    if (this.#expected < 0) {
      const all = Buffer.concat(this.#chunks);
      this.#chunks = [all];
      const end = all.indexOf(HEAD_END);
      if (end < 0) return null;
      this.#headBytes = end + HEAD_END.length;
      this.#expected =
        this.#headBytes + Number(/^content-length: (\d+)/im.exec(all.toString('latin1', 0, end))?.[1] ?? 0);
    }
    if (this.#bytes < this.#expected) return null;
    const all = Buffer.concat(this.#chunks);
    const answer = {
      status: Number(all.toString('latin1', 9, 12)),
      body: all.subarray(this.#headBytes, this.#expected),
    };
    [this.#chunks, this.#bytes, this.#expected] = [[], 0, -1];
    return answer;
  }
}

/** Clients that call one method again and again, all at once. */
export function runLoad(load: Load): Promise<LoadResult> {
  const request = renderRequest(load);
  const problems = new Set<string>();
  const timesMs: number[] = [];
  const begin = performance.now();
  const end = begin + load.seconds * 1000;
  const where =
    'port' in load.address ? { host: '127.0.0.1', port: load.address.port } : { path: load.address.socketPath };

  // Clients take no more of the machine's time than they must: an answer that is the last right one again is right.
  let right: Buffer = Buffer.alloc(0);
  function judge({ status, body }: { readonly status: number; readonly body: Buffer }): void {
    if (status === 200 && body.equals(right)) return;
    const wrong = status === 200 ? load.check(body.toString()) : `status ${status}`;
    if (wrong === null) right = body;
    else problems.add(wrong);
  }

  function runClient(): Promise<void> {
    return new Promise((resolve) => {
      function connect(): void {
        const socket: Socket = createConnection(where);
        const reader = new AnswerReader();
        let sentAt = performance.now();
        let isDone = false;
        const leave = (): void => {
          if (isDone) return;
          isDone = true;
          socket.destroy();
          if (performance.now() < end) setImmediate(connect);
          else resolve();
        };
        socket.write(request);
        socket.on('data', (chunk) => {
          const answer = reader.push(chunk);
          if (answer === null) return;
          timesMs.push(performance.now() - sentAt);
          judge(answer);
          if (!load.keepsAlive || performance.now() >= end) leave();
          else {
            sentAt = performance.now();
            socket.write(request);
          }
        });
        socket.on('error', (error) => problems.add(error.message));
        socket.on('close', () => {
          if (!isDone) problems.add('closed before an answer');
          leave();
        });
      }
      connect();
    });
  }

  return Promise.all(Array.from({ length: load.clients }, runClient)).then(() => {
    const seconds = (performance.now() - begin) / 1000;
    timesMs.sort((a, b) => a - b);
    return {
      answers: timesMs.length,
      perSecond: timesMs.length / seconds,
      p99Ms: timesMs[Math.floor(timesMs.length * 0.99)] ?? Infinity,
      problems: [...problems],
    };
  });
}
