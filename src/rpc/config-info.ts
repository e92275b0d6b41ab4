import type { LogTarget, ProcessConfig, StreamConfig } from '../config/config.ts';
import type { Facade, LogChannel } from '../supervisor/facade.ts';
import type { XmlRpcStruct } from '../xmlrpc/value.ts';

type ConfiguredGroup = ReturnType<Facade['configuredGroups']>[number];

/** XML-RPC has nothing for "not set". */
const NONE = 'none';

function streamInfo(channel: LogChannel, stream: StreamConfig, logfile: string): XmlRpcStruct {
  return {
    [`${channel}_capture_maxbytes`]: stream.capture_maxbytes,
    [`${channel}_events_enabled`]: stream.events_enabled,
    [`${channel}_logfile`]: logfile,
    [`${channel}_logfile_backups`]: stream.logfile_backups,
    [`${channel}_logfile_maxbytes`]: stream.logfile_maxbytes,
    [`${channel}_syslog`]: stream.syslog,
  };
}

/** A name made for an AUTO log is known only while it is this very configuration that runs. */
function logfileOf(target: LogTarget, running: string | null): string {
  if (target.kind === 'file') return target.path;
  return target.kind === 'none' ? NONE : (running ?? 'auto');
}

function configInfo(facade: Facade, group: ConfiguredGroup, config: ProcessConfig): XmlRpcStruct {
  const view = facade.find(group.name, config.name);
  const logs = view?.config === config ? view.logs : { stdout: null, stderr: null };
  return {
    autostart: config.autostart,
    directory: config.directory ?? NONE,
    uid: config.uid ?? NONE,
    command: config.command,
    exitcodes: config.exitcodes,
    group: group.name,
    group_prio: group.priority,
    inuse: group.active,
    killasgroup: config.killasgroup,
    name: config.name,
    process_prio: config.priority,
    redirect_stderr: config.redirect_stderr,
    startretries: config.startretries,
    startsecs: config.startsecs,
    ...streamInfo('stdout', config.stdout, logfileOf(config.stdout.logfile, logs.stdout)),
    // Clients know one signal.
    stopsignal: config.stopsignal[0]?.signal ?? 0,
    stopwaitsecs: config.stopwaitsecs,
    ...streamInfo('stderr', config.stderr, logfileOf(config.stderr.logfile, logs.stderr)),
    serverurl: config.serverurl ?? NONE,
  };
}

/** getAllConfigInfo's structs, by process name, members in upstream's order. Source: supervisor/rpcinterface.py. */
export function allConfigInfo(facade: Facade): readonly XmlRpcStruct[] {
  const rows = facade
    .configuredGroups()
    .flatMap((group) =>
      group.processes.map((config) => ({ name: config.name, info: configInfo(facade, group, config) })),
    );
  rows.sort((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0));
  return rows.map(({ info }) => info);
}
