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
  stopSignal: 15,
  stopWaitMs: 10_000,
  stopAsGroup: false,
  killAsGroup: false,
};

interface Situation {
  /** Words for the arrow. */
  readonly label: string;
  readonly input: Input;
  readonly patch?: Partial<ProcessState>;
  /** Where it makes sense; anywhere by default. */
  readonly states?: readonly ProcessStateName[];
}

const due = { deadline: 0, failures: 1 };
const ended: Input = { kind: 'exited', status: exitedWith(0) };

/** Inputs, apart where they decide differently. */
const SITUATIONS: readonly Situation[] = [
  { label: 'start asked for', input: { kind: 'start' } },
  { label: 'spawn failed', input: { kind: 'spawnFailed', reason: '', exitCode: 1 } },
  { label: 'startsecs over', input: { kind: 'deadline' }, patch: due, states: ['STARTING'] },
  { label: 'retry due', input: { kind: 'deadline' }, patch: due, states: ['BACKOFF'] },
  { label: 'restart due', input: { kind: 'deadline' }, patch: due, states: ['EXITED'] },
  { label: 'no tries left', input: { kind: 'deadline' }, patch: { deadline: 0, failures: 9 }, states: ['BACKOFF'] },
  { label: 'ended within startsecs', input: ended, patch: { startedAt: LATER }, states: ['STARTING'] },
  { label: 'ended', input: ended, patch: { startedAt: 0 } },
  { label: 'stop asked for', input: { kind: 'stop' } },
  { label: 'kill demanded', input: { kind: 'killDemanded' } },
  { label: 'kill failed', input: { kind: 'killFailed', errno: 'EPERM' } },
  { label: 'shutdown began', input: { kind: 'shutdownBegan' } },
];

function arrowsFrom(state: ProcessStateName): string[] {
  const arrows = new Map<ProcessStateName, string[]>();
  for (const { label, input, patch = {}, states = [state] } of SITUATIONS) {
    if (!states.includes(state)) continue;
    const { next } = step(POLICY, { ...INITIAL_STATE, state, pid: 1, ...patch }, input, LATER);
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
