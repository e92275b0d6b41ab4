import type { Call } from './call.ts';
import { type Check, isText, listOf, type WireValue } from './wire-value.ts';

/** One call of a multicall. */
export interface SubCall {
  readonly methodName: string;
  readonly params: readonly WireValue[];
}

const isList: Check<readonly WireValue[]> = (value): value is readonly WireValue[] => Array.isArray(value);

/** What every server tells about itself. */
export function systemApi(call: Call) {
  return {
    listMethods: () => call('system.listMethods', [], listOf(isText)),
    methodHelp: (name: string) => call('system.methodHelp', [name], isText),
    /** Type of the result first, then those of the parameters. */
    methodSignature: (name: string) => call('system.methodSignature', [name], listOf(isText)),
    /** Each answer is a value, or a struct with faultCode and faultString. */
    multicall: (calls: readonly SubCall[]) =>
      call('system.multicall', [calls.map(({ methodName, params }) => ({ methodName, params }))], isList),
  };
}

export type SystemApi = ReturnType<typeof systemApi>;
