import { type Agent, request } from 'node:http';
import { decodeResponse } from '../../src/xmlrpc/decode.ts';
import { encodeCall } from '../../src/xmlrpc/encode.ts';
import type { XmlRpcValue } from '../../src/xmlrpc/value.ts';

export type RpcAnswer =
  | { readonly value: XmlRpcValue }
  | { readonly fault: number; readonly text: string }
  | { readonly status: number };

export type ServerAddress = { readonly socketPath: string } | { readonly port: number };

export interface RawAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, unknown>>;
  readonly body: string;
}

export interface RawRequest {
  readonly method?: string;
  readonly path?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Buffer;
  readonly agent?: Agent;
}

/** One HTTP request to a control server, its whole answer read. */
export function send(address: ServerAddress, { method = 'GET', path = '/', ...more }: RawRequest): Promise<RawAnswer> {
  const { headers = {}, body = '', agent } = more;
  return new Promise((resolve, reject) => {
    const where = 'port' in address ? { host: '127.0.0.1', port: address.port } : address;
    const length = method === 'GET' ? {} : { 'Content-Length': Buffer.byteLength(body) };
    const options = { ...where, path, method, headers: { ...length, ...headers }, agent: agent ?? false };
    const sent = request(options, (response) => {
      let text = '';
      response.setEncoding('utf8').on('data', (data: string) => {
        text += data;
      });
      response.on('end', () =>
        resolve({ status: response.statusCode ?? 0, headers: { ...response.headers }, body: text }),
      );
      response.on('error', reject);
    });
    sent.on('error', reject).end(body);
  });
}

/** Calls methods of a running daemon; with `agent` over kept connections. */
export function createClient(address: ServerAddress, agent?: Agent) {
  return {
    async call(method: string, ...params: readonly XmlRpcValue[]): Promise<RpcAnswer> {
      const content = { method: 'POST', path: '/RPC2', body: encodeCall(method, params) };
      const answer = await send(address, agent === undefined ? content : { ...content, agent });
      if (answer.status !== 200) return { status: answer.status };
      const response = decodeResponse(Buffer.from(answer.body));
      return response.kind === 'value' ? { value: response.value } : { fault: response.code, text: response.text };
    },
  };
}
