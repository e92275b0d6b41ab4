import type { FaultName } from '../model/faults.ts';
import type { Facade } from '../supervisor/facade.ts';
import type { XmlRpcValue } from '../xmlrpc/value.ts';
import type { CallLifetime } from './call-lifetime.ts';
import { RpcFault } from './fault.ts';
import { type ParameterType, type ParameterValues, readParameter } from './parameters.ts';
import type { RpcSystem } from './rpc-system.ts';
import type { SharedState } from './shared-state.ts';

/** What a call brings along. */
export interface CallContext extends SharedState {
  readonly facade: Facade;
  readonly system: RpcSystem;
  readonly lifetime: CallLifetime;
  readonly methods: MethodTable;
  /** Calls a method by its name, as a client does. */
  readonly invoke: (name: string, params: readonly XmlRpcValue[]) => Outcome;
}

/** A promise where the answer takes its time. */
export type Outcome = XmlRpcValue | Promise<XmlRpcValue>;

export interface Parameter {
  readonly name: string;
  readonly type: ParameterType;
  readonly doc: string;
  /** Of a parameter that may be left out, as may all after it. */
  readonly default?: XmlRpcValue;
}

type Arguments<P extends readonly Parameter[]> = { readonly [I in keyof P]: ParameterValues[P[I]['type']] };

interface MethodDescription {
  /** `namespace.method`. */
  readonly name: string;
  /** Older names of the same namespace. */
  readonly aliases?: readonly string[];
  readonly returns: { readonly type: string; readonly doc: string };
  /** Faults of its own; SHUTDOWN_STATE and INCORRECT_PARAMETERS go without saying. */
  readonly faults?: readonly FaultName[];
  /** Answers while the daemon shuts down, too. */
  readonly duringShutdown?: boolean;
  readonly doc: string;
}

interface MethodDefinition<P extends readonly Parameter[]> extends MethodDescription {
  readonly params: P;
  readonly run: (context: CallContext, ...values: Arguments<P>) => Outcome;
}

/** One entry of the method table. */
export interface RpcMethod extends MethodDescription {
  readonly params: readonly Parameter[];
  /** @throws RpcFault at once, or in the promise. */
  readonly invoke: (context: CallContext, values: readonly XmlRpcValue[]) => Outcome;
}

/** Every name that can be called. */
export type MethodTable = ReadonlyMap<string, RpcMethod>;

function checkCount(params: readonly Parameter[], count: number): void {
  const required = params.filter((param) => param.default === undefined).length;
  if (count < required || count > params.length) throw new RpcFault('INCORRECT_PARAMETERS');
}

/** Defines a method whose `run` gets its parameters checked and typed. */
export function method<const P extends readonly Parameter[]>(definition: MethodDefinition<P>): RpcMethod {
  const { run, ...description } = definition;
  const { params, duringShutdown = false } = definition;
  return {
    ...description,
    invoke(context, values) {
      checkCount(params, values.length);
      const state = context.facade.state();
      if (!duringShutdown && (state === 'SHUTDOWN' || state === 'RESTARTING')) throw new RpcFault('SHUTDOWN_STATE');
      const read = params.map((param, index) => readParameter(param.type, values[index] ?? param.default ?? ''));
      // readParameter gave each one its own type; that the list as a whole has them is beyond the type of map().
      return run(context, ...(read as unknown as Arguments<P>));
    },
  };
}
