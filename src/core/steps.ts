import type { MonotonicMs } from '../model/clock.ts';
import type { ProcessStateName } from '../model/states.ts';
import type { Effect, Input, ProcessPolicy, ProcessState, Step } from './process-state.ts';

export interface Moment {
  readonly policy: ProcessPolicy;
  readonly process: ProcessState;
  readonly now: MonotonicMs;
  /** A random number from 0 up to 1. */
  readonly chance: number;
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

/** Stays in its state, with other values. */
export const stay = ({ process }: Moment, patch: Partial<ProcessState>, ...effects: readonly Effect[]): Step => ({
  next: { ...process, ...patch },
  effects,
});

/** The one place where a process changes state; the event goes with it. */
export function enter(
  process: ProcessState,
  state: ProcessStateName,
  patch: Partial<ProcessState>,
  expected = true,
): Step {
  const next = { ...process, deadline: null, wantsStart: false, ...patch, state };
  const pid = process.task === 'program' ? process.pid : process.state === 'STOPPING' ? process.programPid : 0;
  const change = { state, from: process.state, pid, tries: next.failures, expected };
  return { next, effects: [{ kind: 'emit', change }] };
}

/** `step`, then more effects. */
export const and = (step: Step, ...effects: readonly Effect[]): Step => ({
  next: step.next,
  effects: [...step.effects, ...effects],
});

/** What was said and done before, then `step`. */
export const after = (effects: readonly Effect[], step: Step): Step => ({
  next: step.next,
  effects: [...effects, ...step.effects],
});
