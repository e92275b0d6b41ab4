import { allConfigInfo } from '../config-info.ts';
import { RpcFault } from '../fault.ts';
import { method, type RpcMethod } from '../method.ts';
import { processInfo } from '../process-info.ts';
import { resolveProcess } from '../targets.ts';

const NAME = { name: 'name', type: 'string', doc: 'Process: `name` or `group:name`.' } as const;

/** What processes are and do, and their standard input. */
export const PROCESS_METHODS: readonly RpcMethod[] = [
  method({
    name: 'supervisor.getProcessInfo',
    params: [NAME],
    returns: {
      type: 'struct',
      doc:
        'name, group, start, stop, now (seconds since the epoch), state, statename, spawnerr, exitstatus, logfile, ' +
        'stdout_logfile, stderr_logfile, pid, description.',
    },
    faults: ['BAD_NAME'],
    doc: 'Says how a process is.',
    run: ({ facade, system }, name) => processInfo(resolveProcess(facade, name), facade.nowMs(), system),
  }),
  method({
    name: 'supervisor.getAllProcessInfo',
    params: [],
    returns: { type: 'array', doc: 'What getProcessInfo returns, for each process, by group and name.' },
    doc: 'Says how all processes are.',
    run: ({ facade, processInfos }) => processInfos.of(facade.list(), facade.nowMs()),
  }),
  method({
    name: 'supervisor.getAllConfigInfo',
    params: [],
    returns: { type: 'array', doc: 'One struct of options for each configured process, by name.' },
    doc: 'Says how all processes are configured, active or not, as the configuration was last read.',
    run: ({ facade }) => allConfigInfo(facade),
  }),
  method({
    name: 'supervisor.sendProcessStdin',
    params: [NAME, { name: 'chars', type: 'string', doc: 'Text, which it gets as UTF-8.' }],
    returns: { type: 'boolean', doc: 'Always true.' },
    faults: ['INCORRECT_PARAMETERS', 'BAD_NAME', 'NOT_RUNNING', 'NO_FILE'],
    doc: 'Writes to the standard input of a process.',
    run({ facade }, name, chars) {
      const view = resolveProcess(facade, name);
      if (view.pid === 0 || view.state === 'STOPPING') throw new RpcFault('NOT_RUNNING', name);
      if (facade.sendStdin(view.id, chars) === 'closed') throw new RpcFault('NO_FILE', name);
      return true;
    },
  }),
];
