import type { MethodTable, RpcMethod } from './method.ts';
import { CONTROL_METHODS } from './methods/control.ts';
import { DAEMON_METHODS } from './methods/daemon.ts';
import { GROUP_METHODS } from './methods/groups.ts';
import { INITVISOR_METHODS } from './methods/initvisor.ts';
import { LOG_METHODS } from './methods/logs.ts';
import { PROCESS_METHODS } from './methods/processes.ts';
import { SYSTEM_METHODS } from './methods/system.ts';

/** Every method once, as METHODS.md lists them. */
export const METHODS: readonly RpcMethod[] = [
  ...DAEMON_METHODS,
  ...PROCESS_METHODS,
  ...CONTROL_METHODS,
  ...LOG_METHODS,
  ...GROUP_METHODS,
  ...SYSTEM_METHODS,
  ...INITVISOR_METHODS,
];

/** Names under which a method can be called. */
export function namesOf({ name, aliases = [] }: RpcMethod): readonly string[] {
  const namespace = name.slice(0, name.indexOf('.'));
  return [name, ...aliases.map((alias) => `${namespace}.${alias}`)];
}

/** All that can be called, by name: what is not in it cannot, whatever its name (CVE-2017-11610). */
export function createMethodTable(without: string | null = null): MethodTable {
  // Whoever closes Supervisor's namespace does not leave another door open.
  const closed = without === null ? [] : [`${without}.`, 'initvisor.'];
  const offered = METHODS.filter(({ name }) => !closed.some((namespace) => name.startsWith(namespace)));
  return new Map(offered.flatMap((method) => namesOf(method).map((name): [string, RpcMethod] => [name, method])));
}
