import type { MonotonicMs } from '../model/clock.ts';
import type { Input, ProcessPolicy, ProcessState, Step } from './process-state.ts';
import type { Handler } from './steps.ts';
import { TRANSITIONS } from './transitions.ts';

/**
 * What `input` does to a process at `now`: its next state, and the effects to run in order. Pure.
 * A deadline that is not due yet changes nothing. `chance` is a random number from 0 up to 1. Source of the rules: supervisor/process.py.
 */
export function step(policy: ProcessPolicy, process: ProcessState, input: Input, now: MonotonicMs, chance = 0): Step {
  if (input.kind === 'deadline' && (process.deadline === null || now < process.deadline)) {
    return { next: process, effects: [] };
  }
  const handle = TRANSITIONS[process.state][input.kind] as Handler<typeof input.kind>;
  return handle({ policy, process, now, chance }, input);
}
