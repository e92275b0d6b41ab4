import { resolve } from 'node:path';
import { isSystemError } from '../os/fds.ts';
import type { Native } from '../os/native.ts';
import { type PreparedCommand, prepareWords } from '../os/spawn.ts';

export interface CommandContext {
  readonly native: Pick<Native, 'spawn'>;
  readonly env: Readonly<Record<string, string>>;
  readonly cwd: string;
}

export type StartedCommand =
  | { readonly ok: true; readonly pid: number }
  /** `exitCode` is what a shell would give. */
  | { readonly ok: false; readonly problem: string; readonly exitCode: number };

/** A bare name means a file here first, as upstream has it, and then one on PATH. */
function prepare(words: readonly string[], { env, cwd }: CommandContext): PreparedCommand {
  const [name = ''] = words;
  const search = { environment: env, inheritedPath: undefined, directory: null };
  const here = prepareWords([resolve(cwd, name)], search);
  if (here.ok) return { ...here, argv: words };
  return name.includes('/') ? here : prepareWords(words, search);
}

/** Starts the command with this process's streams and in its process group. Source: supervisor/pidproxy.py go. */
export function startCommand(words: readonly string[], context: CommandContext): StartedCommand {
  const prepared = prepare(words, context);
  if (!prepared.ok) return prepared;
  const { file, argv } = prepared;
  try {
    const { pid, failure } = context.native.spawn({
      file,
      argv,
      env: Object.entries(context.env).map(([name, value]) => `${name}=${value}`),
      fds: [0, 1, 2],
      isolate: 'none',
    });
    if (failure === undefined) return { ok: true, pid };
    return { ok: false, problem: `cannot run ${file}: ${failure.errno}`, exitCode: 126 };
  } catch (error) {
    if (!isSystemError(error)) throw error;
    return { ok: false, problem: `cannot start ${file}: ${error.code}`, exitCode: 126 };
  }
}
