import type { Call } from './call.ts';
import { type Check, either, isFlag, isNumber, isText, listOf, type StructOf, structOf } from './wire-value.ts';

const PROCESS_INFO = {
  name: isText,
  group: isText,
  /** Seconds since the epoch, 0 for never; so are `stop` and `now`. */
  start: isNumber,
  stop: isNumber,
  now: isNumber,
  state: isNumber,
  statename: isText,
  spawnerr: isText,
  exitstatus: isNumber,
  logfile: isText,
  stdout_logfile: isText,
  stderr_logfile: isText,
  pid: isNumber,
  description: isText,
};

const STATUS_ENTRY = { name: isText, group: isText, status: isNumber, description: isText };

const CONFIG_INFO = {
  name: isText,
  group: isText,
  inuse: isFlag,
  autostart: isFlag,
  group_prio: isNumber,
  process_prio: isNumber,
};

/** One process as `getProcessInfo` describes it. */
export type ProcessInfo = StructOf<typeof PROCESS_INFO>;
/** How a request went for one process; `status` is a fault code, 80 for success. */
export type StatusEntry = StructOf<typeof STATUS_ENTRY>;
/** One configured process; the members that every server gives. */
export type ConfigInfo = StructOf<typeof CONFIG_INFO>;
/** Text read, offset to go on from, whether output was skipped. */
export type LogTail = readonly [text: string, offset: number, overflow: boolean];

const isProcessInfo = structOf(PROCESS_INFO);
export const isProcessInfoList = listOf(isProcessInfo);
const isStatusList = listOf(structOf(STATUS_ENTRY));
const isConfigList = listOf(structOf(CONFIG_INFO));
const isStartResult = either(isFlag, isStatusList);
const isNameLists = listOf(listOf(listOf(isText)));
const isLogTail: Check<LogTail> = (value): value is LogTail =>
  Array.isArray(value) && isText(value[0]) && isNumber(value[1]) && isFlag(value[2]);

/** Names of groups: what a re-read configuration adds, changes and removes. */
export interface ConfigChanges {
  readonly added: readonly string[];
  readonly changed: readonly string[];
  readonly removed: readonly string[];
}

function daemonMethods(call: Call) {
  return {
    getVersion: () => call('supervisor.getVersion', [], isText),
    getAPIVersion: () => call('supervisor.getAPIVersion', [], isText),
    getSupervisorVersion: () => call('supervisor.getSupervisorVersion', [], isText),
    getIdentification: () => call('supervisor.getIdentification', [], isText),
    getState: () => call('supervisor.getState', [], structOf({ statecode: isNumber, statename: isText })),
    getPID: () => call('supervisor.getPID', [], isNumber),
    shutdown: () => call('supervisor.shutdown', [], isFlag),
    restart: () => call('supervisor.restart', [], isFlag),
    async reloadConfig(): Promise<ConfigChanges> {
      const [[added = [], changed = [], removed = []] = []] = await call('supervisor.reloadConfig', [], isNameLists);
      return { added, changed, removed };
    },
    addProcessGroup: (name: string) => call('supervisor.addProcessGroup', [name], isFlag),
    removeProcessGroup: (name: string) => call('supervisor.removeProcessGroup', [name], isFlag),
    listMethods: () => call('system.listMethods', [], listOf(isText)),
  };
}

function processMethods(call: Call) {
  return {
    getProcessInfo: (name: string) => call('supervisor.getProcessInfo', [name], isProcessInfo),
    getAllProcessInfo: () => call('supervisor.getAllProcessInfo', [], listOf(isProcessInfo)),
    getAllConfigInfo: () => call('supervisor.getAllConfigInfo', [], isConfigList),
    startProcess: (name: string, wait = true) => call('supervisor.startProcess', [name, wait], isStartResult),
    startProcessGroup: (name: string, wait = true) => call('supervisor.startProcessGroup', [name, wait], isStatusList),
    startAllProcesses: (wait = true) => call('supervisor.startAllProcesses', [wait], isStatusList),
    stopProcess: (name: string, wait = true) => call('supervisor.stopProcess', [name, wait], isStartResult),
    stopProcessGroup: (name: string, wait = true) => call('supervisor.stopProcessGroup', [name, wait], isStatusList),
    stopAllProcesses: (wait = true) => call('supervisor.stopAllProcesses', [wait], isStatusList),
    signalProcess: (name: string, signal: string) => call('supervisor.signalProcess', [name, signal], isStartResult),
    signalProcessGroup: (name: string, signal: string) =>
      call('supervisor.signalProcessGroup', [name, signal], isStatusList),
    signalAllProcesses: (signal: string) => call('supervisor.signalAllProcesses', [signal], isStatusList),
    sendProcessStdin: (name: string, chars: string) => call('supervisor.sendProcessStdin', [name, chars], isFlag),
    sendRemoteCommEvent: (type: string, data: string) => call('supervisor.sendRemoteCommEvent', [type, data], isFlag),
  };
}

function logMethods(call: Call) {
  const reader = (method: string) => (name: string, offset: number, length: number) =>
    call(`supervisor.${method}`, [name, offset, length], isText);
  const tailer = (method: string) => (name: string, offset: number, length: number) =>
    call(`supervisor.${method}`, [name, offset, length], isLogTail);
  return {
    readLog: (offset: number, length: number) => call('supervisor.readLog', [offset, length], isText),
    clearLog: () => call('supervisor.clearLog', [], isFlag),
    readProcessStdoutLog: reader('readProcessStdoutLog'),
    readProcessStderrLog: reader('readProcessStderrLog'),
    tailProcessStdoutLog: tailer('tailProcessStdoutLog'),
    tailProcessStderrLog: tailer('tailProcessStderrLog'),
    clearProcessLogs: (name: string) => call('supervisor.clearProcessLogs', [name], isFlag),
    clearAllProcessLogs: () => call('supervisor.clearAllProcessLogs', [], isStatusList),
  };
}

/** The methods of Supervisor's own interface; what each refuses with is in RpcFault. Source: supervisor/rpcinterface.py. */
export function supervisorApi(call: Call) {
  return { ...daemonMethods(call), ...processMethods(call), ...logMethods(call) };
}

export type SupervisorApi = ReturnType<typeof supervisorApi>;
