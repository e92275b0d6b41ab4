import { encodeFault, encodeResponseBytes } from '../xmlrpc/encode.ts';
import type { XmlRpcValue } from '../xmlrpc/value.ts';
import type { RpcFault } from './fault.ts';

/** A longer answer is not kept. */
const MOST_BYTES = 2 * 1024 * 1024;

/** Answers in bytes, which are not the caller's to change. */
export class AnswerEncoder {
  /** Bytes of lists that somebody still has. */
  readonly #encoded = new WeakMap<readonly XmlRpcValue[], Buffer>();

  /** A list that was answered before is not encoded again: of many processes nothing takes as long. */
  encode(value: XmlRpcValue): Buffer {
    if (!Array.isArray(value)) return encodeResponseBytes(value);
    const list: readonly XmlRpcValue[] = value;
    const known = this.#encoded.get(list);
    if (known !== undefined) return known;
    const bytes = encodeResponseBytes(list);
    if (bytes.length <= MOST_BYTES) this.#encoded.set(list, bytes);
    return bytes;
  }

  encodeFault({ code, message }: RpcFault): Buffer {
    return Buffer.from(encodeFault(code, message));
  }
}
