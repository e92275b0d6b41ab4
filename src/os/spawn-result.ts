/** Where a child failed before it became the program. */
export type SpawnStage =
  | 'setsid'
  | 'setpgid'
  | 'fds'
  | 'rlimit'
  | 'nice'
  | 'oom_score_adj'
  | 'setgroups'
  | 'setgid'
  | 'setuid'
  | 'chdir'
  | 'no_new_privs'
  | 'pdeathsig'
  | 'exec';

/** A child that failed before exec exists all the same: it exits 127 and is reaped like any other. */
export interface SpawnResult {
  readonly pid: number;
  /** Absent when exec succeeded. */
  readonly failure?: { readonly stage: SpawnStage; readonly errno: string };
}
