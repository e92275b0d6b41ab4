import type { SupervisorApi } from '../client/supervisor-api.ts';
import type { Clock } from '../model/clock.ts';
import type { CommandResult } from '../os/run-command.ts';

/** Calls that these listeners make. */
export type Server = Pick<SupervisorApi, 'getAllProcessInfo' | 'startProcess' | 'stopProcess'>;

/** Everything that a listener takes from outside. */
export interface Host {
  readonly words: readonly string[];
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly hostname: string;
  readonly clock: Clock;
  /** Standard output, which events take over once the listener runs. */
  print(text: string): void;
  /** One line or more to standard error. */
  log(text: string): void;
  /** @throws Error */
  readFile(path: string): string;
  /** A command line for the shell. */
  run(command: string, input?: string): Promise<CommandResult>;
}

/** Process that a listener runs as, by what the daemon tells it. */
export function ownProcess(env: Host['env']): { readonly group: string; readonly process: string } {
  return { group: env.SUPERVISOR_GROUP_NAME ?? '', process: env.SUPERVISOR_PROCESS_NAME ?? '' };
}
