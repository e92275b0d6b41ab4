import { FAULT_CODES } from '../../model/faults.ts';
import { isStruct, type XmlRpcStruct, type XmlRpcValue } from '../../xmlrpc/value.ts';
import { CallAborted } from '../call-lifetime.ts';
import { RpcFault } from '../fault.ts';
import { type CallContext, method, type RpcMethod } from '../method.ts';
import { methodHelp, methodSignature } from '../method-help.ts';

const NAME = { name: 'name', type: 'string', doc: 'Name of a method, namespace included.' } as const;
const MULTICALL = 'system.multicall';
/** A list of calls beyond this would hold more answers at once than is sound. */
const MAX_CALLS = 1000;

function isList(value: XmlRpcValue): value is readonly XmlRpcValue[] {
  return Array.isArray(value);
}

/** Calls that one entry of a multicall asks for. */
async function callOne(context: CallContext, call: XmlRpcValue): Promise<XmlRpcValue> {
  const { methodName, params = [] } = isStruct(call) ? call : {};
  if (methodName === undefined) throw new RpcFault('INCORRECT_PARAMETERS', 'No methodName');
  if (methodName === MULTICALL) throw new RpcFault('INCORRECT_PARAMETERS', `Recursive ${MULTICALL} forbidden`);
  if (typeof methodName !== 'string') throw new RpcFault('UNKNOWN_METHOD');
  if (!isList(params)) throw new RpcFault('INCORRECT_PARAMETERS');
  return context.invoke(methodName, params);
}

function faultStruct(error: unknown): XmlRpcStruct {
  if (error instanceof RpcFault) return { faultCode: error.code, faultString: error.message };
  const text = error instanceof Error ? error.message : String(error);
  return { faultCode: FAULT_CODES.FAILED, faultString: `FAILED: ${text}` };
}

async function multicall(context: CallContext, calls: readonly XmlRpcValue[]): Promise<XmlRpcValue> {
  if (calls.length > MAX_CALLS) throw new RpcFault('INCORRECT_PARAMETERS', `More than ${MAX_CALLS} calls`);
  const results: XmlRpcValue[] = [];
  for (const call of calls) {
    try {
      results.push(await callOne(context, call));
    } catch (error) {
      if (error instanceof CallAborted) throw error;
      results.push(faultStruct(error));
    }
  }
  return results;
}

/** What the methods are, and several calls in one. */
export const SYSTEM_METHODS: readonly RpcMethod[] = [
  method({
    name: 'system.listMethods',
    params: [],
    returns: { type: 'array', doc: 'Names, sorted.' },
    duringShutdown: true,
    doc: 'Lists the methods that can be called.',
    run: ({ methods }) => [...methods.keys()].sort(),
  }),
  method({
    name: 'system.methodHelp',
    params: [NAME],
    returns: { type: 'string', doc: 'Text for people.' },
    faults: ['SIGNATURE_UNSUPPORTED'],
    duringShutdown: true,
    doc: 'Explains a method.',
    run({ methods }, name) {
      const found = methods.get(name);
      if (found === undefined) throw new RpcFault('SIGNATURE_UNSUPPORTED');
      return methodHelp(found);
    },
  }),
  method({
    name: 'system.methodSignature',
    params: [NAME],
    returns: { type: 'array', doc: 'Type that it returns, then the type of each parameter.' },
    faults: ['SIGNATURE_UNSUPPORTED'],
    duringShutdown: true,
    doc: 'Says which types a method takes and returns.',
    run({ methods }, name) {
      const found = methods.get(name);
      if (found === undefined) throw new RpcFault('SIGNATURE_UNSUPPORTED');
      return methodSignature(found);
    },
  }),
  method({
    name: MULTICALL,
    params: [{ name: 'calls', type: 'array', doc: 'Structs of methodName (string) and params (array).' }],
    returns: {
      type: 'array',
      doc: 'For each call what it returned, as it is, or a struct of faultCode and faultString.',
    },
    duringShutdown: true,
    doc: 'Makes several calls, one after another, each waited for.',
    run: multicall,
  }),
];
