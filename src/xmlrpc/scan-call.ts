import { readScalar } from './read-scalar.ts';
import type { MethodCall, XmlRpcValue } from './value.ts';

const HEAD =
  /^(?:<\?xml version=(["'])1\.0\1(?: encoding=(["'])[Uu][Tt][Ff]-8\2)?\?>)?[ \t\r\n]*<methodCall>[ \t\r\n]*<methodName>([\w.]+)<\/methodName>[ \t\r\n]*/;
const PARAM =
  /^<param>[ \t\r\n]*<value>(?:<(string|int|i4|boolean)>([ -%'-;=?-~\t\n]*)<\/\1>|([ -%'-;=?-~\t\n]*))<\/value>[ \t\r\n]*<\/param>[ \t\r\n]*/;
const TAIL = /^<\/methodCall>[ \t\r\n]*$/;

/**
 * Reads the calls that clients send most: plain ASCII parameters without references, comments or attributes.
 * Null means that it cannot tell, not that the message is wrong.
 * @throws InitvisorError MALFORMED_XMLRPC for a parameter that its type does not allow.
 */
export function scanCall(text: string): MethodCall | null {
  const head = HEAD.exec(text);
  const method = head?.[3];
  if (head === null || method === undefined) return null;
  let rest = text.slice(head[0].length);
  const params: XmlRpcValue[] = [];
  const opening = /^<params>[ \t\r\n]*/.exec(rest);
  if (opening !== null) {
    rest = rest.slice(opening[0].length);
    for (let found = PARAM.exec(rest); found !== null; found = PARAM.exec(rest)) {
      const [whole, type = 'string', typed, untyped = ''] = found;
      params.push(readScalar(type, typed ?? untyped));
      rest = rest.slice(whole.length);
    }
    const closing = /^<\/params>[ \t\r\n]*/.exec(rest);
    if (closing === null) return null;
    rest = rest.slice(closing[0].length);
  }
  return TAIL.test(rest) ? { method, params } : null;
}
