import { encodeFault, encodeResponseBytes } from '../xmlrpc/encode.ts';
import type { XmlRpcValue } from '../xmlrpc/value.ts';
import type { RpcFault } from './fault.ts';

/** A longer answer is not kept. */
const MOST_BYTES = 2 * 1024 * 1024;

/** Answers in bytes, which are not the caller's to change. */
export class AnswerEncoder {
  #last: { readonly list: readonly XmlRpcValue[]; readonly bytes: Buffer } | null = null;

  /** A list that is the very one of the last answer is not encoded again: of many processes nothing takes as long. */
  encode(value: XmlRpcValue): Buffer {
    if (!Array.isArray(value)) return encodeResponseBytes(value);
    const list: readonly XmlRpcValue[] = value;
    if (this.#last?.list === list) return this.#last.bytes;
    const bytes = encodeResponseBytes(list);
    this.#last = bytes.length <= MOST_BYTES ? { list, bytes } : null;
    return bytes;
  }

  encodeFault({ code, message }: RpcFault): Buffer {
    return Buffer.from(encodeFault(code, message));
  }
}
