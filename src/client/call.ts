import { encodeCall } from './encode-call.ts';
import { MalformedReply } from './errors.ts';
import { parseReply } from './parse-reply.ts';
import type { Transport } from './transport.ts';
import type { Check, WireValue } from './wire-value.ts';

/** Calls a method and makes sure that its result has the promised shape. */
export type Call = <T extends WireValue>(method: string, params: readonly WireValue[], check: Check<T>) => Promise<T>;

/**
 * Calls over a transport.
 * @throws RpcFault when the server refuses, MalformedReply for a result of another shape, and what the transport throws.
 */
export function createCall(transport: Transport): Call {
  return async (method, params, check) => {
    const value = parseReply(await transport.exchange(encodeCall(method, params)));
    if (!check(value)) throw new MalformedReply(`the result of ${method} has another shape`);
    return value;
  };
}
