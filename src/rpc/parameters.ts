import type { XmlRpcValue } from '../xmlrpc/value.ts';
import { RpcFault } from './fault.ts';

/** What a method gets for a parameter of each kind. */
export interface ParameterValues {
  readonly string: string;
  /** Text or a number that stands for it: a signal, an event's type. */
  readonly text: string;
  readonly int: number;
  readonly double: number;
  readonly boolean: boolean;
  readonly array: readonly XmlRpcValue[];
}

export type ParameterType = keyof ParameterValues;

/** Types that signatures name. */
export const WIRE_TYPES: Readonly<Record<ParameterType, string>> = {
  string: 'string',
  text: 'string',
  int: 'int',
  double: 'double',
  boolean: 'boolean',
  array: 'array',
};

/** The whole number that Python's int() makes of it. */
function readInt(value: XmlRpcValue): number | undefined {
  if (typeof value === 'boolean') return Number(value);
  if (typeof value === 'number') return Math.trunc(value);
  if (typeof value !== 'string' || !/^\s*[+-]?\d{1,15}\s*$/.test(value)) return undefined;
  return Number(value);
}

/** As Python takes a condition: 0, '', and what holds nothing are false. */
function isTrue(value: XmlRpcValue): boolean {
  return typeof value === 'object' ? Object.keys(value).length > 0 : Boolean(value);
}

type Reader<T extends ParameterType> = (value: XmlRpcValue) => ParameterValues[T] | undefined;

const READERS: { readonly [T in ParameterType]: Reader<T> } = {
  string: (value) => (typeof value === 'string' ? value : undefined),
  text: (value) => (typeof value === 'object' ? undefined : String(value)),
  int: readInt,
  double: (value) => (typeof value === 'number' ? value : undefined),
  boolean: isTrue,
  array: (value) => (Array.isArray(value) ? value : undefined),
};

/** @throws RpcFault INCORRECT_PARAMETERS when no such value can be had from it. */
export function readParameter<T extends ParameterType>(type: T, value: XmlRpcValue): ParameterValues[T] {
  const read: Reader<T> = READERS[type];
  const found = read(value);
  if (found === undefined)
    throw new RpcFault('INCORRECT_PARAMETERS', typeof value === 'object' ? undefined : String(value));
  return found;
}
