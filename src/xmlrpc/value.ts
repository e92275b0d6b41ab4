/** What XML-RPC carries. Whole numbers are ints, others doubles; base64 is its UTF-8 text, a date its ISO 8601 text. */
export type XmlRpcValue = string | number | boolean | readonly XmlRpcValue[] | XmlRpcStruct;

/** Decoded ones have no prototype, so that no member name means anything. */
export interface XmlRpcStruct {
  readonly [name: string]: XmlRpcValue;
}

/** Tells a struct from the other kinds of value. */
export function isStruct(value: XmlRpcValue): value is XmlRpcStruct {
  return typeof value === 'object' && !Array.isArray(value);
}

/** A request. */
export interface MethodCall {
  /** Empty when the message names none. */
  readonly method: string;
  readonly params: readonly XmlRpcValue[];
}
