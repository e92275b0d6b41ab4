import { isUtf8 } from 'node:buffer';
import { malformed } from './malformed.ts';
import { childrenOf, onlyChild, readValue, textOf } from './read-value.ts';
import { readXml, type XmlElement } from './read-xml.ts';
import { scanCall } from './scan-call.ts';
import { isStruct, type MethodCall, type XmlRpcValue } from './value.ts';

/** Largest request, in bytes. Nothing that a client asks for comes near it, and reading it holds up nobody for long. */
export const MAX_CALL_BYTES = 1024 * 1024;
/** Largest response that a client takes, in bytes: whole logs are sent in one. */
export const MAX_RESPONSE_BYTES = 256 * 1024 * 1024;

export type MethodResponse =
  | { readonly kind: 'value'; readonly value: XmlRpcValue }
  | { readonly kind: 'fault'; readonly code: number; readonly text: string };

/** Always UTF-8, whatever the XML declaration says, as upstream; a byte order mark is dropped. */
function decodeText(body: Buffer, maxBytes: number): string {
  if (body.length > maxBytes) throw malformed(`it is longer than ${maxBytes} bytes`);
  if (!isUtf8(body)) throw malformed('it is not UTF-8');
  const text = body.toString('utf8');
  return text.startsWith('\ufeff') ? text.slice(1) : text;
}

const readParam = (element: XmlElement): XmlRpcValue => {
  if (element.name !== 'param') throw malformed(`${element.name} where a param belongs`);
  return readValue(onlyChild(element, 'value'));
};

function readCall(root: XmlElement): MethodCall {
  if (root.name !== 'methodCall') throw malformed(`it is a ${root.name.slice(0, 40)}, not a methodCall`);
  const parts = new Map<string, XmlElement>();
  for (const part of childrenOf(root)) {
    if (part.name !== 'methodName' && part.name !== 'params') throw malformed(`${part.name} in a methodCall`);
    if (parts.has(part.name)) throw malformed(`it has two ${part.name}`);
    parts.set(part.name, part);
  }
  const name = parts.get('methodName');
  const params = parts.get('params');
  return {
    method: name === undefined ? '' : textOf(name),
    params: params === undefined ? [] : childrenOf(params).map(readParam),
  };
}

/**
 * Reads a request of at most MAX_CALL_BYTES.
 * @throws InitvisorError MALFORMED_XMLRPC, and nothing else.
 */
export function decodeCall(body: Buffer): MethodCall {
  const text = decodeText(body, MAX_CALL_BYTES);
  return scanCall(text) ?? readCall(readXml(text));
}

/**
 * Reads a response of at most MAX_RESPONSE_BYTES.
 * @throws InitvisorError MALFORMED_XMLRPC, and nothing else.
 */
export function decodeResponse(body: Buffer): MethodResponse {
  const root = readXml(decodeText(body, MAX_RESPONSE_BYTES));
  const [part, ...more] = childrenOf(root);
  if (root.name !== 'methodResponse' || part === undefined || more.length > 0) throw malformed('it is no response');
  if (part.name === 'params') return { kind: 'value', value: readParam(onlyChild(part, 'param')) };
  if (part.name !== 'fault') throw malformed('it is neither a value nor a fault');
  const fault = readValue(onlyChild(part, 'value'));
  const { faultCode, faultString } = isStruct(fault) ? fault : {};
  if (typeof faultCode !== 'number' || typeof faultString !== 'string') throw malformed('a fault without its members');
  return { kind: 'fault', code: faultCode, text: faultString };
}
