import { RpcFault } from '../client/errors.ts';
import { pythonQuote } from '../model/python-quote.ts';

/** An error in a listener's messages; a refusal of the daemon's as Python shows it. */
export function describeError(error: unknown): string {
  if (error instanceof RpcFault) return `<Fault ${error.code}: ${pythonQuote(error.faultString)}>`;
  // Of several addresses each failed; the first says as much as all.
  const [first] = error instanceof AggregateError ? error.errors : [];
  if (first instanceof Error) return first.message;
  return error instanceof Error ? error.message : String(error);
}
