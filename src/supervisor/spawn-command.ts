import type { ProcessConfig } from '../config/config.ts';
import { isSystemError } from '../os/fds.ts';
import type { SpawnResult } from '../os/native.ts';
import { prepareCommand, renderChildFailure, renderForkProblem } from '../os/spawn.ts';
import { renderChildEnvironment } from './child-environment.ts';
import type { LaunchContext } from './launch-context.ts';
import { type Privileges, privilegesOf } from './privileges.ts';

export type SpawnOutcome =
  | { readonly ok: true; readonly pid: number }
  | { readonly ok: false; readonly reason: string; readonly exitCode: number };

export interface CommandToSpawn {
  readonly command: string;
  /** On top of the program's own. */
  readonly environment: Readonly<Record<string, string>>;
  /** Opens the child's descriptors, once it is known that the command can be run. @throws the system call's error */
  readonly openFds: () => readonly number[];
  /** Where a child that fails before it runs anything is told to have failed. */
  readonly stderr: () => number;
  /** No child was made after all. */
  readonly onFailure: () => void;
}

/** Errno's name; a failure of our own making is told as such, and the program is retried like any other. */
export function errnoOf(error: unknown): string {
  if (isSystemError(error)) return error.code;
  return `internal error: ${error instanceof Error ? error.message : error}`;
}

/** Starts a command as a program's configuration has it: user, directory, umask, environment. Texts are Supervisor's. */
export function spawnCommand(context: LaunchContext, config: ProcessConfig, what: CommandToSpawn): SpawnOutcome {
  const { native, inheritedEnvironment, serverUrl, files } = context;
  const { directory, umask, uid } = config;
  const environment = { ...config.environment, ...what.environment };
  const prepared = prepareCommand({ ...what, environment, inheritedPath: inheritedEnvironment.PATH, directory });
  if (!prepared.ok) return { ok: false, reason: prepared.problem, exitCode: prepared.exitCode };
  const { file, argv } = prepared;
  const fds = what.openFds();
  let result: SpawnResult;
  let privileges: Privileges;
  try {
    // Looks the user up, for which a descriptor may be missing (EMFILE).
    privileges = privilegesOf(context, config);
    result = native.spawn({
      ...{ file, argv, fds, isolate: 'group' },
      env: renderChildEnvironment(inheritedEnvironment, { ...config, environment }, serverUrl),
      ...(directory === null ? {} : { cwd: directory }),
      ...(umask === null ? {} : { umask }),
      ...privileges.switch,
    });
  } catch (error) {
    what.onFailure();
    return { ok: false, reason: renderForkProblem(config.name, errnoOf(error)), exitCode: 1 };
  }
  if (result.failure !== undefined) {
    // Upstream's child writes this to its own stderr.
    const text = renderChildFailure(result.failure, { uid, directory, argv, refusal: privileges.refusal });
    files.writeToDescriptor(what.stderr(), text);
  }
  return { ok: true, pid: result.pid };
}
