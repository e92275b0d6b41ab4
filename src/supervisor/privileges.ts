import type { ProcessConfig } from '../config/config.ts';
import type { Native } from '../os/native.ts';
import { decidePrivileges } from '../os/users.ts';

export interface Privileges {
  /** For a spawn request; empty: those of this process. */
  readonly switch: { readonly uid?: number; readonly gid?: number; readonly groups?: readonly number[] };
  /** Why the user cannot be switched to, where that is known before. */
  readonly refusal: string | null;
}

/** As whom a program runs, with all that is started for it. @throws the system call's error when nobody can be looked up */
export function privilegesOf(
  { native, uid: own }: { readonly native: Native; readonly uid: number },
  { uid }: Pick<ProcessConfig, 'uid'>,
): Privileges {
  if (uid === null) return { switch: {}, refusal: null };
  const decided = decidePrivileges(native, uid, own);
  if (decided.kind === 'keep') return { switch: {}, refusal: null };
  if (decided.kind === 'switch') return { switch: { uid, gid: decided.gid, groups: decided.groups }, refusal: null };
  // The kernel refuses as well; the child then ends with 127 as upstream's does.
  return { switch: { uid, gid: uid, groups: [] }, refusal: decided.reason };
}
