import { RUNNING_STATES, SIGNALLABLE_STATES } from '../../model/states.ts';
import type { ProcessView } from '../../supervisor/facade.ts';
import { RpcFault } from '../fault.ts';
import { type CallContext, method, type Outcome, type RpcMethod } from '../method.ts';
import { parseSignal } from '../signal-number.ts';
import { startProcess } from '../start-process.ts';
import { collectStatuses } from '../status-list.ts';
import { stopProcess } from '../stop-process.ts';
import { byPriority, dependentsFirst, namespecOf, resolveTarget } from '../targets.ts';

const NAME = {
  name: 'name',
  type: 'string',
  doc: 'Process: `name`, `group:name`, or `group:*` for a whole group.',
} as const;
const GROUP = { name: 'name', type: 'string', doc: 'Group.' } as const;
const SIGNAL = { name: 'signal', type: 'text', doc: 'Name or number, `HUP` or `1`.' } as const;
const TRUE = { type: 'boolean', doc: 'True, or for a whole group an array of statuses.' } as const;
const STATUSES = {
  type: 'array',
  doc: 'For each process concerned name, group, status (int, 80 or a fault code) and description.',
} as const;

function wait(until: string) {
  return { name: 'wait', type: 'boolean', doc: `Answer only when it ${until}.`, default: true } as const;
}

type Act = (view: ProcessView, name: string) => Outcome;
type Applies = (view: ProcessView) => boolean;

const isUp: Applies = (view) => RUNNING_STATES.has(view.state) || view.comesBack;
const isDown: Applies = (view) => !RUNNING_STATES.has(view.state);
const isSignallable: Applies = (view) => SIGNALLABLE_STATES.has(view.state);

/** Acts on all processes, or those of a group, to which it applies; others are not in the answer. */
function actOnAll({ facade }: CallContext, group: string | undefined, applies: Applies, act: Act): Outcome {
  const views = byPriority(facade, group).filter(applies);
  // What is up and stops at once is stopped in this order; a start waits by itself.
  const order = applies === isUp ? dependentsFirst(views) : views;
  return collectStatuses(order, (view) => act(view, namespecOf(view)));
}

/** Acts on the process or the group that is called `name`. */
function actOn(context: CallContext, name: string, applies: Applies, act: Act): Outcome {
  const target = resolveTarget(context.facade, name);
  if (target.kind === 'group') return actOnAll(context, target.group, applies, act);
  return act(target.view, name);
}

const starting =
  (context: CallContext, waits: boolean): Act =>
  (view, name) =>
    startProcess(context, view, name, waits);

const stopping =
  (context: CallContext, waits: boolean): Act =>
  (view, name) =>
    stopProcess(context, view, name, waits);

const signalling =
  ({ facade }: CallContext, signal: string): Act =>
  (view, name) => {
    const number = parseSignal(signal);
    if (!isSignallable(view)) throw new RpcFault('NOT_RUNNING', name);
    const refusal = facade.signal(view.id, number);
    if (refusal !== null) throw new RpcFault('FAILED', refusal.reason);
    return true;
  };

/** Starting, stopping and signalling processes. */
export const CONTROL_METHODS: readonly RpcMethod[] = [
  method({
    name: 'supervisor.startProcess',
    params: [NAME, wait('runs')],
    returns: TRUE,
    faults: [
      'BAD_NAME',
      'NO_FILE',
      'NOT_EXECUTABLE',
      'ALREADY_STARTED',
      'SPAWN_ERROR',
      'ABNORMAL_TERMINATION',
      'FAILED',
    ],
    doc: 'Starts a process.',
    run: (context, name, waits) => actOn(context, name, isDown, starting(context, waits)),
  }),
  method({
    name: 'supervisor.startProcessGroup',
    params: [GROUP, wait('runs')],
    returns: STATUSES,
    faults: ['BAD_NAME'],
    doc: 'Starts all processes of a group that are down.',
    run: (context, name, waits) => actOnAll(context, name, isDown, starting(context, waits)),
  }),
  method({
    name: 'supervisor.startAllProcesses',
    params: [wait('runs')],
    returns: STATUSES,
    doc: 'Starts all processes that are down, those that do not start by themselves included.',
    run: (context, waits) => actOnAll(context, undefined, isDown, starting(context, waits)),
  }),
  method({
    name: 'supervisor.stopProcess',
    params: [NAME, wait('is down')],
    returns: TRUE,
    faults: ['BAD_NAME', 'NOT_RUNNING', 'FAILED'],
    doc: 'Stops a process.',
    run: (context, name, waits) => actOn(context, name, isUp, stopping(context, waits)),
  }),
  method({
    name: 'supervisor.stopProcessGroup',
    params: [GROUP, wait('is down')],
    returns: STATUSES,
    faults: ['BAD_NAME'],
    doc: 'Stops all processes of a group that are up.',
    run: (context, name, waits) => actOnAll(context, name, isUp, stopping(context, waits)),
  }),
  method({
    name: 'supervisor.stopAllProcesses',
    params: [wait('is down')],
    returns: STATUSES,
    doc: 'Stops all processes that are up.',
    run: (context, waits) => actOnAll(context, undefined, isUp, stopping(context, waits)),
  }),
  method({
    name: 'supervisor.signalProcess',
    params: [NAME, SIGNAL],
    returns: TRUE,
    faults: ['BAD_NAME', 'BAD_SIGNAL', 'NOT_RUNNING', 'FAILED'],
    doc: 'Sends a signal to a process, not to its children.',
    run: (context, name, signal) => actOn(context, name, isSignallable, signalling(context, signal)),
  }),
  method({
    name: 'supervisor.signalProcessGroup',
    params: [GROUP, SIGNAL],
    returns: STATUSES,
    faults: ['BAD_NAME'],
    doc: 'Sends a signal to all processes of a group that are alive.',
    run: (context, name, signal) => actOnAll(context, name, isSignallable, signalling(context, signal)),
  }),
  method({
    name: 'supervisor.signalAllProcesses',
    params: [SIGNAL],
    returns: STATUSES,
    doc: 'Sends a signal to all processes that are alive.',
    run: (context, signal) => actOnAll(context, undefined, isSignallable, signalling(context, signal)),
  }),
];
