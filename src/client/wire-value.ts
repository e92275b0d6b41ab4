/** A value as it comes over the wire; dates stay text. */
export type WireValue =
  | string
  | number
  | boolean
  | Uint8Array
  | readonly WireValue[]
  | { readonly [name: string]: WireValue };

/** Tells whether a value has the shape that a method promises. */
export type Check<T extends WireValue> = (value: WireValue) => value is T;

export const isText = (value: WireValue): value is string => typeof value === 'string';
export const isNumber = (value: WireValue): value is number => typeof value === 'number';
export const isFlag = (value: WireValue): value is boolean => typeof value === 'boolean';

export function isStruct(value: WireValue): value is { readonly [name: string]: WireValue } {
  return typeof value === 'object' && !Array.isArray(value) && !(value instanceof Uint8Array);
}

/** A list of which every element passes. */
export function listOf<T extends WireValue>(check: Check<T>): Check<readonly T[]> {
  return (value): value is readonly T[] => Array.isArray(value) && value.every((one: WireValue) => check(one));
}

/** A value that passes one of two checks. */
export function either<A extends WireValue, B extends WireValue>(first: Check<A>, second: Check<B>): Check<A | B> {
  return (value): value is A | B => first(value) || second(value);
}

type Shape = { readonly [name: string]: Check<WireValue> };
export type StructOf<S extends Shape> = {
  readonly [K in keyof S & string]: S[K] extends Check<infer T> ? T : never;
};

/** A struct with these members at least; a later server may add some. */
export function structOf<S extends Shape>(shape: S): Check<StructOf<S>> {
  const members = Object.entries(shape);
  return (value): value is StructOf<S> =>
    isStruct(value) &&
    members.every(([name, check]) => {
      const member = value[name];
      return member !== undefined && check(member);
    });
}
