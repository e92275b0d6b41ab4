import type { Member } from './member.ts';
import { hasStartAhead, isDown } from './process-state.ts';

/** What becomes of a run whose time has come. */
export type ScheduleDecision =
  | { readonly kind: 'start' }
  | { readonly kind: 'restart'; readonly why: string }
  /** The last run still goes on; `queue`: another one follows it. */
  | { readonly kind: 'wait'; readonly queue: boolean; readonly text: string };

export function decideSchedule({ spec, process }: Pick<Member, 'spec' | 'process'>): ScheduleDecision {
  if (isDown(process) && !hasStartAhead(process)) return { kind: 'start' };
  if (spec.overlap === 'kill') return { kind: 'restart', why: 'its schedule has come due again' };
  const queue = spec.overlap === 'queue';
  const what = queue ? 'another run follows' : 'this run is left out';
  return { kind: 'wait', queue, text: `'${spec.policy.name}' still runs as its schedule comes due: ${what}` };
}
