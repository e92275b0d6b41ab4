import type { MonotonicMs } from '../model/clock.ts';
import type { ProcessStateName } from '../model/states.ts';
import type { Effect, Input, ProcessPolicy, ProcessState, Step } from './process-state.ts';

export interface Moment {
  readonly policy: ProcessPolicy;
  readonly process: ProcessState;
  readonly now: MonotonicMs;
}

export type InputKind = Input['kind'];
type InputOf<K extends InputKind> = Extract<Input, { kind: K }>;
export type Handler<K extends InputKind> = (at: Moment, input: InputOf<K>) => Step;

export const log = (level: 'critical' | 'warn' | 'info' | 'debug', text: string): Effect => ({
  kind: 'log',
  level,
  text,
});

/** Leaves everything as it is; says why that is right. */
export function ignore(_why: string): (at: Moment) => Step {
  return (at) => ({ next: at.process, effects: [] });
}

/** The one place where a process changes state; the event goes with it. */
export function enter(
  process: ProcessState,
  state: ProcessStateName,
  patch: Partial<ProcessState>,
  expected = true,
): Step {
  const next = { ...process, deadline: null, ...patch, state };
  const change = { state, from: process.state, pid: process.pid, tries: next.failures, expected };
  return { next, effects: [{ kind: 'emit', change }] };
}

/** `step`, then more effects. */
export const and = (step: Step, ...effects: readonly Effect[]): Step => ({
  next: step.next,
  effects: [...step.effects, ...effects],
});
