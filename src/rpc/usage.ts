import type { Facade } from '../supervisor/facade.ts';
import type { XmlRpcValue } from '../xmlrpc/value.ts';
import type { RpcSystem } from './rpc-system.ts';

const KIB = 1024;

const toTenths = (value: number): number => Math.round(value * 10) / 10;

/** Every process with what its whole tree takes; integers of the protocol are too short for bytes. */
export async function usage(facade: Facade, system: RpcSystem): Promise<XmlRpcValue> {
  const views = facade.list();
  const byPid = await system.usageOf(views.map(({ pid }) => pid).filter((pid) => pid > 0));
  return views.map(({ name, group, state, pid }) => {
    const { cpuPercent = 0, residentBytes = 0, processes = 0 } = byPid.get(pid) ?? {};
    const memory_kib = Math.round(residentBytes / KIB);
    return { name, group, state, pid, cpu: toTenths(cpuPercent), memory_kib, processes };
  });
}
