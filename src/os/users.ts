import type { Native } from './native.ts';

type UserDatabase = Pick<Native, 'userByUid' | 'groupList'>;

/** What a program's child has to set, or why it cannot. Texts are Supervisor's. */
export type Privileges =
  | { readonly kind: 'keep' }
  | { readonly kind: 'switch'; readonly uid: number; readonly gid: number; readonly groups: readonly number[] }
  | { readonly kind: 'refused'; readonly reason: string };

/**
 * Decides how a process running as `currentUid` becomes the user `uid`, with all the user's groups.
 * Source: supervisor/options.py drop_privileges.
 */
export function decidePrivileges(users: UserDatabase, uid: number, currentUid: number): Privileges {
  const user = users.userByUid(uid);
  if (user === null) return { kind: 'refused', reason: `Can't find uid ${uid}` };
  if (uid === currentUid) return { kind: 'keep' };
  if (currentUid !== 0) return { kind: 'refused', reason: "Can't drop privilege as nonroot user" };
  return { kind: 'switch', uid, gid: user.gid, groups: users.groupList(user.name, user.gid) };
}

/** Uid of this process. */
export function currentUid(): number {
  return process.getuid?.() ?? 0;
}

/** Makes this whole process the user `uid`; returns null, or why it cannot. Source: as `decidePrivileges`. */
export function dropPrivileges(users: UserDatabase, uid: number): string | null {
  const privileges = decidePrivileges(users, uid, currentUid());
  if (privileges.kind === 'keep') return null;
  if (privileges.kind === 'refused') return privileges.reason;
  const steps = [
    { run: () => process.setgroups?.([...privileges.groups]), reason: 'Could not set groups of effective user' },
    { run: () => process.setgid?.(privileges.gid), reason: 'Could not set group id of effective user' },
    { run: () => process.setuid?.(privileges.uid), reason: `Could not set user id to ${privileges.uid}` },
  ];
  for (const { run, reason } of steps) {
    try {
      run();
    } catch {
      // Each step fails for one reason only, EPERM in a sandbox; upstream's text says which step it was.
      return reason;
    }
  }
  return null;
}
