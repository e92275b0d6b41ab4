/** Where the C library looks when there is no PATH at all. Source: execvp(3), confstr(3) _CS_PATH. */
const DEFAULT_PATH = '/bin:/usr/bin';

/** Paths that a command's name may stand for, in the order of execvp(3): an empty entry is the current directory. */
export function commandPaths(name: string, path: string | undefined): readonly string[] {
  if (name.includes('/') || name === '') return [name];
  return (path ?? DEFAULT_PATH).split(':').map((entry) => (entry === '' ? name : `${entry}/${name}`));
}

/** What a command that cannot be run exits with, by errno's name: 127, 126 or 1. Source: tini.c spawn. */
export function failureStatus(errno: string): number {
  if (errno === 'ENOENT') return 127;
  return errno === 'EACCES' ? 126 : 1;
}

const REASONS: Readonly<Record<string, string>> = {
  EACCES: 'no permission to execute it (EACCES)',
  E2BIG: 'its arguments and the environment are too long (E2BIG)',
  ENOMEM: 'out of memory (ENOMEM)',
  EAGAIN: 'too many processes (EAGAIN)',
};

/** Why it cannot be run; `exists`: the file is there all the same. */
export function renderFailure(name: string, errno: string, exists: boolean): string {
  if (errno !== 'ENOENT') return `cannot run ${name}: ${REASONS[errno] ?? errno}`;
  if (exists) return `cannot run ${name}: the interpreter that it names is not there (ENOENT)`;
  return name.includes('/')
    ? `cannot run ${name}: no such file (ENOENT)`
    : `cannot run ${name}: not found in PATH (ENOENT)`;
}
