import type { RpcMethod } from './method.ts';
import { WIRE_TYPES } from './parameters.ts';

/** Type that a method returns, then those of its parameters. */
export function methodSignature({ returns, params }: RpcMethod): readonly string[] {
  return [returns.type, ...params.map(({ type }) => WIRE_TYPES[type])];
}

/** A method's documentation, tagged in the way that clients of Supervisor know. */
export function methodHelp({ doc, params, returns, faults = [] }: RpcMethod): string {
  const optional = (value: unknown) => (value === undefined ? '' : ` (${value} when left out)`);
  return [
    doc,
    '',
    ...params.map((param) => `@param ${WIRE_TYPES[param.type]} ${param.name} ${param.doc}${optional(param.default)}`),
    `@return ${returns.type} result ${returns.doc}`,
    ...(faults.length > 0 ? ['', `Faults: ${faults.join(', ')}.`] : []),
  ].join('\n');
}
