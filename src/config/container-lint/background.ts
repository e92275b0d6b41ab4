import { baseName } from './command.ts';
import { DAEMONIZERS } from './daemonizers.ts';
import type { Found, Lint, LintContext, LintedProgram } from './finding.ts';

/** Of a file that has nothing to say the beginning is enough. */
const READ_BYTES = 256 * 1024;

function readText({ source }: LintContext, path: string): string | null {
  if (!path.startsWith('/') || !source.exists(path) || source.isDirectory(path)) return null;
  try {
    return new TextDecoder().decode(source.readFile(path).subarray(0, READ_BYTES));
  } catch (error) {
    // Whoever may not read it knows as little as where it does not exist.
    if (error instanceof Error && 'code' in error) return null;
    throw error;
  }
}

function findInProgram({ command }: LintedProgram, context: LintContext): Found {
  const { shell, program } = command;
  if (shell?.end.kind === 'background') {
    return `${shell.name} ends and leaves what it has started with & in the background; leave out the &`;
  }
  const [path = '', ...args] = program;
  const name = path.startsWith('/etc/') ? path : baseName(path);
  const found = DAEMONIZERS.find(({ names }) => names.test(name));
  return found?.find(args, (file) => readText(context, file), name) ?? null;
}

/** A command that goes into the background by itself. */
export const BACKGROUND: Lint = { key: 'command', findInProgram };
