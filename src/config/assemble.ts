import type { Config } from './config.ts';
import { reportDrain } from './contradictions.ts';
import { type DaemonSection, finishDaemon } from './daemon.ts';
import { resolveDependencies } from './dependencies.ts';
import type { DaemonFlags } from './flags.ts';
import { readGroups } from './groups.ts';
import { readHooks } from './hooks.ts';
import { type Load, withDaemonEnvironment } from './load.ts';
import { absolutePath } from './paths.ts';
import { readRpcInterfaces, readServers } from './servers.ts';

/** Everything beyond [supervisord], in the order in which Supervisor reads it: its first error is ours. */
export function assemble(load: Load, daemon: DaemonSection, path: string, flags: DaemonFlags): Config {
  const { environment } = daemon.values;
  const inner = withDaemonEnvironment(load, environment);
  const rpcInterfaces = readRpcInterfaces(inner);
  const groups = resolveDependencies(inner, readGroups(inner, daemon.values));
  const servers = readServers(inner);
  const hooks = readHooks(inner);
  const supervisord = finishDaemon(daemon, flags);
  reportDrain(load, supervisord);
  return {
    path: absolutePath(path, load.source.cwd),
    here: load.here,
    supervisord,
    groups,
    servers,
    rpcInterfaces,
    hooks,
    messages: load.messages,
  };
}
