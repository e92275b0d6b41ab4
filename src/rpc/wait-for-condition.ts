import { STOPPED_STATES } from '../model/states.ts';
import type { ProcessView } from '../supervisor/facade.ts';
import { RpcFault } from './fault.ts';
import type { CallContext } from './method.ts';
import { byPriority, resolveTarget } from './targets.ts';
import { waitForChange } from './waiting.ts';

const hasCompleted = ({ state, config, exitStatus }: ProcessView): boolean =>
  state === 'EXITED' && config.exitcodes.includes(exitStatus);

/** What can be waited for; the first four are those of `depends_on`. */
const CONDITIONS: ReadonlyMap<string, (view: ProcessView) => boolean> = new Map([
  ['started', ({ state, pid }: ProcessView) => pid !== 0 || state === 'EXITED'],
  ['running', (view: ProcessView) => view.state === 'RUNNING' || (view.config.oneshot && hasCompleted(view))],
  ['ready', (view: ProcessView) => view.ready || (view.config.oneshot && hasCompleted(view))],
  ['completed', hasCompleted],
  ['healthy', ({ health }: ProcessView) => health === 'healthy'],
  ['stopped', ({ state }: ProcessView) => STOPPED_STATES.has(state)],
  ['exited', ({ state }: ProcessView) => state === 'EXITED'],
]);

export const CONDITION_NAMES: readonly string[] = [...CONDITIONS.keys()];

/** Whether a condition of `depends_on` holds for the process that it is about. */
export function isMet(condition: string, view: ProcessView): boolean {
  return CONDITIONS.get(condition)?.(view) ?? false;
}

function membersOf({ facade }: CallContext, name: string): readonly ProcessView[] {
  const target = resolveTarget(facade, name);
  return target.kind === 'group' ? byPriority(facade, target.group) : [target.view];
}

/** True as soon as the condition holds for all that `name` means, false when the time is up. */
export function waitForCondition(
  context: CallContext,
  name: string,
  condition: string,
  timeoutSeconds: number,
): Promise<boolean> {
  const { facade } = context;
  if (!CONDITIONS.has(condition)) throw new RpcFault('BAD_ARGUMENTS', condition);
  if (!(timeoutSeconds >= 0)) throw new RpcFault('BAD_ARGUMENTS', String(timeoutSeconds));
  const members = membersOf(context, name);
  const probe = (): true | undefined => {
    const views = members.map((member) => facade.find(member.group, member.name));
    if (views.includes(undefined)) throw new RpcFault('BAD_NAME', name);
    if (views.every((view) => view !== undefined && isMet(condition, view))) return true;
    // FATAL is for good: only somebody's request ends it.
    if (condition !== 'stopped' && views.some((view) => view?.state === 'FATAL')) {
      throw new RpcFault('ABNORMAL_TERMINATION', name);
    }
    return undefined;
  };
  const ids = members.map(({ id }) => id);
  return waitForChange<boolean>(context, ids, probe, { deadlineMs: timeoutSeconds * 1000, late: () => false });
}
