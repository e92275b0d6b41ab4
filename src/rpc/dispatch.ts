import { InitvisorError } from '../model/errors.ts';
import { pythonQuote } from '../model/python-quote.ts';
import type { Facade } from '../supervisor/facade.ts';
import { decodeCall } from '../xmlrpc/decode.ts';
import type { MethodCall, XmlRpcValue } from '../xmlrpc/value.ts';
import { AnswerEncoder } from './answer-encoder.ts';
import { CallAborted, type CallLifetime, lifetimeOf } from './call-lifetime.ts';
import { RpcFault } from './fault.ts';
import type { CallContext, MethodTable, Outcome } from './method.ts';
import { createMethodTable } from './method-table.ts';
import type { RpcSystem } from './rpc-system.ts';
import { createSharedState, type SharedState } from './shared-state.ts';

/** Characters of a bad request that are logged. */
const LOGGED_CHARACTERS = 1000;

/** An HTTP answer; the body is empty unless the status is 200. */
export interface RpcResponse {
  readonly status: number;
  readonly body: Buffer;
}

export interface Rpc {
  /** Answers a request's body. Never rejects: what is not XML-RPC is a 400, a bug is logged and a 500. */
  handle(body: Buffer, signal?: AbortSignal): Promise<RpcResponse>;
  /** Calls a method from within. @throws RpcFault */
  call(method: string, params: readonly XmlRpcValue[], signal?: AbortSignal): Promise<XmlRpcValue>;
}

const NOTHING = Buffer.alloc(0);
const BAD_REQUEST: RpcResponse = { status: 400, body: NOTHING };
const INTERNAL_ERROR: RpcResponse = { status: 500, body: NOTHING };
/** Nobody is there any more to read it. */
const CLIENT_GONE: RpcResponse = { status: 499, body: NOTHING };

function quoteBody(body: Buffer): string {
  return pythonQuote(body.toString('utf8').slice(0, LOGGED_CHARACTERS));
}

/** The control protocol on a daemon, whatever carries it. */
class Dispatcher implements Rpc {
  readonly #facade: Facade;
  readonly #system: RpcSystem;
  readonly #methods: MethodTable;
  readonly #shared: SharedState;
  readonly #encoder = new AnswerEncoder();

  constructor(facade: Facade, system: RpcSystem, without: string | null) {
    this.#methods = createMethodTable(without);
    this.#facade = facade;
    this.#system = system;
    this.#shared = createSharedState(facade, system);
  }

  async handle(body: Buffer, signal?: AbortSignal): Promise<RpcResponse> {
    const { lifetime, release } = lifetimeOf(signal);
    try {
      const call = this.#decode(body);
      if (call === null) return BAD_REQUEST;
      return { status: 200, body: await this.#answer(call, lifetime) };
    } catch (error) {
      if (error instanceof CallAborted) return CLIENT_GONE;
      const trace = error instanceof Error ? (error.stack ?? error.message) : String(error);
      const what = `Handling XML-RPC request with data ${quoteBody(body)}`;
      this.#facade.log('critical', `${what} raised an unexpected exception: ${trace}`);
      return INTERNAL_ERROR;
    } finally {
      release();
    }
  }

  async call(method: string, params: readonly XmlRpcValue[], signal?: AbortSignal): Promise<XmlRpcValue> {
    const { lifetime, release } = lifetimeOf(signal);
    try {
      return await this.#invoke(lifetime, method, params);
    } finally {
      release();
    }
  }

  #decode(body: Buffer): MethodCall | null {
    try {
      const call = decodeCall(body);
      if (call.method !== '') return call;
      this.#facade.log('error', `XML-RPC request data ${quoteBody(body)} is invalid: no method name`);
    } catch (error) {
      if (!(error instanceof InitvisorError)) throw error;
      this.#facade.log('error', `XML-RPC request data ${quoteBody(body)} is invalid: unmarshallable`);
      this.#facade.log('debug', error.message);
    }
    return null;
  }

  async #answer({ method, params }: MethodCall, lifetime: CallLifetime): Promise<Buffer> {
    // Nobody may write a line of his own into the log.
    const name = `${pythonQuote(method).slice(1, -1).slice(0, LOGGED_CHARACTERS)}()`;
    this.#facade.log('trace', `XML-RPC method called: ${name}`);
    let outcome: Outcome;
    try {
      outcome = this.#invoke(lifetime, method, params);
    } catch (error) {
      if (!(error instanceof RpcFault)) throw error;
      this.#facade.log('trace', `XML-RPC method ${name} returned fault: [${error.code}] ${error.message}`);
      return this.#encoder.encodeFault(error);
    }
    // As upstream, which knows only that the method has begun to wait.
    this.#facade.log('trace', `XML-RPC method ${name} returned successfully`);
    try {
      return this.#encoder.encode(outcome instanceof Promise ? await outcome : outcome);
    } catch (error) {
      if (!(error instanceof RpcFault)) throw error;
      return this.#encoder.encodeFault(error);
    }
  }

  #invoke(lifetime: CallLifetime, name: string, params: readonly XmlRpcValue[]): Outcome {
    const method = this.#methods.get(name);
    if (method === undefined) throw new RpcFault('UNKNOWN_METHOD');
    const context: CallContext = {
      facade: this.#facade,
      system: this.#system,
      lifetime,
      ...this.#shared,
      methods: this.#methods,
      invoke: (inner, values) => this.#invoke(lifetime, inner, values),
    };
    return method.invoke(context, params);
  }
}

/**
 * The control protocol of a daemon, for all of its servers and its web page.
 * @param without a namespace that is not offered, nor are our own methods, as upstream does with one whose
 * [rpcinterface:x] is not there
 */
export function createRpc(
  facade: Facade,
  system: RpcSystem,
  { without = null }: { without?: string | null } = {},
): Rpc {
  return new Dispatcher(facade, system, without);
}
