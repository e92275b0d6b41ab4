import { InitvisorError } from '../model/errors.ts';

/** The error of a message that is not XML, or not XML-RPC. */
export function malformed(reason: string, cause?: unknown): InitvisorError {
  return new InitvisorError('MALFORMED_XMLRPC', `cannot read the XML-RPC message: ${reason}`, cause);
}
