import type { LogChannel } from '../../supervisor/facade.ts';
import { dependencyGraph } from '../dependency-graph.ts';
import { explain, health } from '../explain.ts';
import { RpcFault } from '../fault.ts';
import { method, type RpcMethod } from '../method.ts';
import { resolveProcess } from '../targets.ts';
import { usage } from '../usage.ts';
import { CONDITION_NAMES, waitForCondition } from '../wait-for-condition.ts';

const NAME = { name: 'name', type: 'string', doc: 'Process: `name` or `group:name`.' } as const;

function parseChannel(text: string): LogChannel {
  if (text === 'stdout' || text === 'stderr') return text;
  throw new RpcFault('BAD_ARGUMENTS', text);
}

/** What Supervisor has not. */
export const INITVISOR_METHODS: readonly RpcMethod[] = [
  method({
    name: 'initvisor.getVersion',
    params: [],
    returns: { type: 'string', doc: 'Version of initvisor.' },
    duringShutdown: true,
    doc: 'Says which version of initvisor runs; a fault 1 means that it is another daemon.',
    run: ({ facade }) => facade.version,
  }),
  method({
    name: 'initvisor.processes',
    params: [],
    returns: { type: 'string', doc: 'JSON of the array that supervisor.getAllProcessInfo returns.' },
    doc: 'Says how all processes are, in a form that a short-lived client reads sooner than XML.',
    run: ({ facade, processInfos }) => JSON.stringify(processInfos.of(facade.list(), facade.nowMs())),
  }),
  method({
    name: 'initvisor.tail',
    params: [
      NAME,
      { name: 'channel', type: 'string', doc: '`stdout` or `stderr`.', default: 'stdout' },
      { name: 'bytes', type: 'int', doc: 'Most bytes to return; no more than 64 KiB are kept.', default: 65_536 },
    ],
    returns: { type: 'string', doc: 'The newest output.' },
    faults: ['BAD_NAME', 'BAD_ARGUMENTS'],
    duringShutdown: true,
    doc: 'Reads the newest output of a process from memory, also where no log file is kept.',
    run({ facade }, name, channel, bytes) {
      const { id } = resolveProcess(facade, name);
      if (bytes < 0) throw new RpcFault('BAD_ARGUMENTS', String(bytes));
      return facade.memoryTail(id, parseChannel(channel), bytes).toString('utf8');
    },
  }),
  method({
    name: 'initvisor.explain',
    params: [NAME],
    returns: {
      type: 'struct',
      doc:
        'name, group, state, since (seconds since the epoch), spawnerr, waits (what it waits for, in words), ready, ' +
        'health (`none`, `starting`, `healthy`, `unhealthy`), next_run (seconds since the epoch, 0 without a schedule), ' +
        'history (newest runs: start, end, pid, how, peak_kib, asked_by, last_lines).',
    },
    faults: ['BAD_NAME'],
    duringShutdown: true,
    doc: 'Says why a process is in the state in which it is.',
    run: ({ facade }, name) => explain(facade, resolveProcess(facade, name)),
  }),
  method({
    name: 'initvisor.plan',
    params: [],
    returns: {
      type: 'array',
      doc: 'For each process concerned its name (`group:name`), what (start, restart, stop, adopt) and options that differ.',
    },
    faults: ['CANT_REREAD'],
    doc: 'Reads the configuration again and says what applying it would do, process by process; applies nothing.',
    run({ facade }) {
      const outcome = facade.reread();
      if (!outcome.ok) throw new RpcFault('CANT_REREAD', outcome.message);
      return facade.plannedChanges().map(({ id, what, options }) => ({ name: id, what, options }));
    },
  }),
  method({
    name: 'initvisor.wait',
    params: [
      { name: 'name', type: 'string', doc: 'Process: `name`, `group:name`, or `group:*` for all of a group.' },
      { name: 'condition', type: 'string', doc: `One of ${CONDITION_NAMES.map((name) => `\`${name}\``).join(', ')}.` },
      { name: 'timeout', type: 'double', doc: 'Seconds; an int will do.', default: 60 },
    ],
    returns: { type: 'boolean', doc: 'False when the time was up.' },
    faults: ['BAD_NAME', 'BAD_ARGUMENTS', 'ABNORMAL_TERMINATION'],
    duringShutdown: true,
    doc: 'Answers as soon as a process is in a condition; with a fault 40 when it went FATAL instead.',
    run: waitForCondition,
  }),
  method({
    name: 'initvisor.graph',
    params: [],
    returns: {
      type: 'array',
      doc:
        'For each process name (`group:name`), state, ready, waits (what it waits for, in words), depends_on (structs of ' +
        'name, condition and met) and restart_with (names).',
    },
    duringShutdown: true,
    doc: 'Says what depends on what, and which of it is there.',
    run: ({ facade }) => dependencyGraph(facade),
  }),
  method({
    name: 'initvisor.scale',
    params: [
      { name: 'program', type: 'string', doc: 'Name of a [program:x] section.' },
      { name: 'processes', type: 'int', doc: 'How many of it shall run.' },
    ],
    returns: { type: 'boolean', doc: 'Always true.' },
    faults: ['BAD_ARGUMENTS', 'FAILED'],
    doc: 'Gives a program another number of processes until the configuration is read again.',
    run({ facade }, program, processes) {
      if (processes < 0) throw new RpcFault('BAD_ARGUMENTS', String(processes));
      const refusal = facade.scale(program, processes);
      if (refusal !== null) throw new RpcFault('FAILED', refusal.reason);
      return true;
    },
  }),
  method({
    name: 'initvisor.usage',
    params: [],
    returns: {
      type: 'array',
      doc: 'Structs: name, group, state, pid, cpu (percent of one CPU since the last call), memory_kib, processes.',
    },
    duringShutdown: true,
    doc: 'Says what each process takes together with all that it started; the first call tells no CPU.',
    run: ({ facade, system }) => usage(facade, system),
  }),
  method({
    name: 'initvisor.health',
    params: [],
    returns: { type: 'struct', doc: 'ok (boolean), state (of the daemon), problems (array of name, state, reason).' },
    duringShutdown: true,
    doc: 'Says whether all programs run that should, and which do not.',
    run: ({ facade }) => health(facade),
  }),
];
