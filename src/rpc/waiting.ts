import { CallAborted } from './call-lifetime.ts';
import type { CallContext } from './method.ts';

/**
 * Waits until `probe` gives a value or throws, asked again after each change of one of the processes `ids`.
 * It asks at once, too; `deadlineMs` from now it settles for `late()`.
 */
export function waitForChange<T>(
  { facade, lifetime, system }: Pick<CallContext, 'facade' | 'lifetime' | 'system'>,
  ids: readonly string[],
  probe: () => T | undefined,
  limit?: { readonly deadlineMs: number; readonly late: () => T },
): Promise<T> {
  return new Promise((resolve, reject) => {
    const ends: (() => void)[] = [];
    let isSettled = false;
    function settle(act: () => void): void {
      isSettled = true;
      for (const end of ends.splice(0)) end();
      act();
    }
    function ask(): void {
      // Listeners that let go during a round are still called in it.
      if (isSettled) return;
      try {
        const found = probe();
        if (found !== undefined) settle(() => resolve(found));
      } catch (error) {
        settle(() => reject(error));
      }
    }
    ask();
    if (isSettled) return;
    for (const id of ids) ends.push(facade.onChange(id, ask));
    if (limit !== undefined) {
      ends.push(system.after(limit.deadlineMs, () => settle(() => resolve(limit.late()))));
    }
    ends.push(lifetime.onAbort(() => settle(() => reject(new CallAborted()))));
    // The client was gone already: onAbort settled before its own end was noted.
    if (isSettled) for (const end of ends.splice(0)) end();
  });
}
