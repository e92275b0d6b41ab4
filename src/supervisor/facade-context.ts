import type { LoadResult } from '../config/parse.ts';
import type { Supervisor } from './supervisor.ts';
import type { SupervisorContext } from './supervisor-context.ts';

/** What the facade is made of. */
export interface FacadeContext
  extends Pick<SupervisorContext, 'native' | 'files' | 'log' | 'emit' | 'clock' | 'inheritedEnvironment'> {
  readonly supervisor: Supervisor;
  readonly version: string;
  readonly pid: number;
  /** Reads the configuration again; `numprocs` in place of what sections say, by section name. */
  readonly reread: (numprocs?: ReadonlyMap<string, number>) => LoadResult;
  readonly mainLog: {
    /** Null when there is no file. */
    readonly path: () => string | null;
    /** Deletes and reopens the file. @throws the system call's error */
    readonly clear: () => void;
  };
}
