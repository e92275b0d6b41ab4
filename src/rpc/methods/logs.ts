import type { LogChannel } from '../../supervisor/facade.ts';
import { RpcFault } from '../fault.ts';
import { readLog, tailLog } from '../log-reading.ts';
import { method, type RpcMethod } from '../method.ts';
import { collectStatuses } from '../status-list.ts';
import { byPriority, namespecOf, resolveProcess } from '../targets.ts';

const NAME = { name: 'name', type: 'string', doc: 'Process: `name` or `group:name`.' } as const;

function readMethod(name: string, aliases: readonly string[], channel: LogChannel): RpcMethod {
  return method({
    name,
    aliases,
    params: [
      NAME,
      { name: 'offset', type: 'int', doc: 'First byte; a negative one counts from the end, with length 0.' },
      { name: 'length', type: 'int', doc: 'Number of bytes; 0 is all that follow.' },
    ],
    returns: { type: 'string', doc: 'Text of the log.' },
    faults: ['BAD_NAME', 'NO_FILE', 'BAD_ARGUMENTS', 'FAILED'],
    doc: `Reads a part of the ${channel} log of a process.`,
    run: ({ facade }, process, offset, length) =>
      readLog(facade, resolveProcess(facade, process).logs[channel], offset, length),
  });
}

function tailMethod(name: string, aliases: readonly string[], channel: LogChannel): RpcMethod {
  return method({
    name,
    aliases,
    params: [
      NAME,
      { name: 'offset', type: 'int', doc: 'Where the last answer ended.' },
      { name: 'length', type: 'int', doc: 'Most bytes to return.' },
    ],
    returns: { type: 'array', doc: '[text, offset for the next call, whether there was more than length].' },
    faults: ['BAD_NAME'],
    doc: `Follows the ${channel} log of a process: the newest bytes, or none where nothing is new since offset.`,
    run: ({ facade }, process, offset, length) =>
      tailLog(facade, resolveProcess(facade, process).logs[channel], offset, length),
  });
}

/** Log files of processes. */
export const LOG_METHODS: readonly RpcMethod[] = [
  readMethod('supervisor.readProcessStdoutLog', ['readProcessLog'], 'stdout'),
  readMethod('supervisor.readProcessStderrLog', [], 'stderr'),
  tailMethod('supervisor.tailProcessStdoutLog', ['tailProcessLog'], 'stdout'),
  tailMethod('supervisor.tailProcessStderrLog', [], 'stderr'),
  method({
    name: 'supervisor.clearProcessLogs',
    aliases: ['clearProcessLog'],
    params: [NAME],
    returns: { type: 'boolean', doc: 'Always true.' },
    faults: ['BAD_NAME', 'FAILED'],
    doc: 'Deletes the logs of a process and begins new ones.',
    run({ facade }, name) {
      if (facade.clearLogs(resolveProcess(facade, name).id) !== null) throw new RpcFault('FAILED', name);
      return true;
    },
  }),
  method({
    name: 'supervisor.clearAllProcessLogs',
    params: [],
    returns: { type: 'array', doc: 'For each process name, group, status and description.' },
    doc: 'Deletes the logs of all processes and begins new ones.',
    run: ({ facade }) =>
      collectStatuses(byPriority(facade), (view) => {
        if (facade.clearLogs(view.id) !== null) throw new RpcFault('FAILED', namespecOf(view));
        return true;
      }),
  }),
];
