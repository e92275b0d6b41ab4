import { createRpc, type Rpc } from '../../src/rpc/dispatch.ts';
import { RpcFault } from '../../src/rpc/fault.ts';
import type { XmlRpcValue } from '../../src/xmlrpc/value.ts';
import { FakeFacade, type FakeProcess, FakeTime } from '../support/fake-facade.ts';

export interface Bench {
  readonly facade: FakeFacade;
  readonly time: FakeTime;
  readonly rpc: Rpc;
  /** Answer of a method, or `code text` of its fault. */
  call(method: string, ...params: readonly XmlRpcValue[]): Promise<unknown>;
}

/** The protocol on a fake daemon with these processes. */
export function bench(processes: readonly FakeProcess[] = []): Bench {
  const facade = new FakeFacade(processes);
  const time = new FakeTime();
  const rpc = createRpc(facade, {
    after: time.after,
    renderShortTime: (ms) => `at ${ms}`,
    usageOf: async () => new Map([[1, { cpuPercent: 12.34, residentBytes: 3 * 2 ** 30, processes: 2 }]]),
  });
  return {
    facade,
    time,
    rpc,
    async call(method, ...params) {
      try {
        return await rpc.call(method, params);
      } catch (error) {
        if (error instanceof RpcFault) return `${error.code} ${error.message}`;
        throw error;
      }
    },
  };
}

/** Lets everything that can go on do so. */
export const settle = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/** An answer that may be still to come. */
export function watch(promise: Promise<unknown>): { answer: unknown } {
  const seen: { answer: unknown } = { answer: undefined };
  void promise.then((answer) => {
    seen.answer = answer;
  });
  return seen;
}

export const status = (name: string, group = name, code = 80, description = 'OK') => ({
  name,
  group,
  status: code,
  description,
});
