import { exitedWith } from '../model/exit-status.ts';
import { PROCESS_STATE_CODES, type ProcessStateName } from '../model/states.ts';
import { step } from './process-machine.ts';
import { INITIAL_STATE, type Input, type ProcessPolicy, type ProcessState } from './process-state.ts';

const LATER = 1_000_000;

const POLICY: ProcessPolicy = {
  name: 'x',
  startMs: 1000,
  startRetries: 3,
  autorestart: 'true',
  exitCodes: [0],
  stopSteps: [{ signal: 15, waitMs: 10_000 }],
  stopAsGroup: false,
  killAsGroup: false,
  oneshot: false,
  backoff: 'linear',
  backoffMaxMs: null,
  restartLimit: null,
  hasPreStart: false,
  hasPostStop: false,
};

interface Situation {
  /** Words for the arrow. */
  readonly label: string;
  readonly input: Input;
  readonly patch?: Partial<ProcessState>;
  readonly policy?: Partial<ProcessPolicy>;
  /** Where it makes sense; anywhere by default. */
  readonly states?: readonly ProcessStateName[];
}

const due = { deadline: 0, failures: 1 };
const ended: Input = { kind: 'exited', status: exitedWith(0) };

/** Inputs, apart where they decide differently. */
const SITUATIONS: readonly Situation[] = [
  { label: 'spawn failed', input: { kind: 'spawnFailed', reason: '', exitCode: 1 } },
  { label: 'startsecs over', input: { kind: 'deadline' }, patch: due, states: ['STARTING'] },
  { label: 'start asked for or due, nothing to wait for', input: { kind: 'admitted' }, patch: { wantsStart: true } },
  { label: 'no tries left', input: { kind: 'deadline' }, patch: { deadline: 0, failures: 9 }, states: ['BACKOFF'] },
  { label: 'ended within startsecs', input: ended, patch: { startedAt: LATER }, states: ['STARTING'] },
  { label: 'ended', input: ended, patch: { startedAt: 0 } },
  { label: 'stopped to try again', input: ended, patch: { comeback: 'retry' }, states: ['STOPPING'] },
  {
    label: 'restart_limit',
    states: ['RUNNING'],
    input: ended,
    patch: { startedAt: 0, ends: [LATER] },
    policy: { restartLimit: { count: 1, windowMs: 1000 } },
  },
  { label: 'stop asked for', input: { kind: 'stop' } },
  { label: 'kill demanded', input: { kind: 'killDemanded' } },
  { label: 'kill failed', input: { kind: 'killFailed', errno: 'EPERM' } },
  { label: 'shutdown began', input: { kind: 'shutdownBegan' } },
];

function arrowsFrom(state: ProcessStateName): string[] {
  const arrows = new Map<ProcessStateName, string[]>();
  for (const { label, input, patch = {}, policy = {}, states = [state] } of SITUATIONS) {
    if (!states.includes(state)) continue;
    const { next } = step({ ...POLICY, ...policy }, { ...INITIAL_STATE, state, pid: 1, ...patch }, input, LATER);
    if (next.state === state) continue;
    arrows.set(next.state, [...(arrows.get(next.state) ?? []), label]);
  }
  return [...arrows].map(([to, labels]) => `  ${state} --> ${to}: ${labels.join(' / ')}`);
}

/** The states of a process and what leads from one to another, found out by asking the machine itself. */
export function renderStates(): string {
  const states = Object.keys(PROCESS_STATE_CODES) as ProcessStateName[];
  return [
    '<!-- Written by npm run generate. -->',
    '# States of a process',
    '',
    '```mermaid',
    'stateDiagram-v2',
    '  [*] --> STOPPED',
    ...states.flatMap(arrowsFrom),
    '```',
    '',
  ].join('\n');
}
