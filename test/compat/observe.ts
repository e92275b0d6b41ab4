import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';

/** Start-up lines that depend on the machine, on the way it is run, or on servers, which are no subject here. */
const PASSED_OVER = [
  /^CRIT Supervisor is running as root/,
  /^INFO Set uid to user \d+ succeeded/,
  /^INFO Increased RLIMIT_/,
  /^INFO RPC interface /,
  /^INFO serving /,
  /^CRIT Server '.*' running without any HTTP authentication checking/,
  /^WARN \[unix_http_server\] is not opened/,
  // Each of these tells how upstream works rather than what happens.
  /^DEBG received SIGCHLD /,
  /^DEBG fd \d+ closed, stopped monitoring /,
];

const STAMPS = /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d,\d{3} /gm;

/** Entries of a main log without their times; an entry may have more than one line. */
export function logEntries(output: string): string[] {
  const [, ...entries] = output.split(STAMPS);
  return entries.map((entry) => entry.trimEnd()).filter((entry) => !PASSED_OVER.some((line) => line.test(entry)));
}

/** The same text whatever the pids and the directory were. */
export function withoutChance(text: string, dir: string): string {
  return text
    .replaceAll(dir, '%DIR%')
    .replace(STAMPS, '')
    .replace(/\bpid \d+/g, 'pid N')
    .replace(/(?<=left behind: )\d+/, 'N')
    .replace(/^(WARN killing '.*') \(\d+\)/, '$1 (N)')
    .replace(/---supervisor-[a-z0-9_]{8}\.log/g, '---supervisor-********.log');
}

/** Upstream kills once more when a busy machine lets it look again before the program is gone. */
export const withoutSecondKills = (entries: readonly string[]): string[] =>
  entries.filter((entry, index) => !/^WARN killing .* with SIGKILL$/.test(entry) || entry !== entries[index - 1]);

/** A main log as a file, also one that was moved away. */
const MAIN_LOG = /^main\./;

const ABOUT =
  /^\w{4} (?:spawned: '(.+?)'|(?:success|exited|stopped|gave up): (\S+) |killing '(.+?)'|killing (\S+) \(pid |'(.+?)' std|Attempted to kill (\S+),)/;

/** Upstream reaps orphans as PID 1 only. */
export const isOrphan = (entry: string): boolean => entry.startsWith('INFO reaped unknown pid');

/** The program that an entry of the log is about. */
function ownerOf(entry: string): string {
  return (
    ABOUT.exec(entry)
      ?.slice(1)
      .find((name) => name !== undefined) ?? ''
  );
}

/** Entries by program, as programs run side by side; those of a single program stay among the daemon's own. */
export function groupByProgram(entries: readonly string[]): Record<string, string[]> {
  const programs = new Set(entries.map(ownerOf).filter((name) => name !== ''));
  const groups: Record<string, string[]> = {};
  for (const entry of entries) {
    const owner = programs.size > 1 ? ownerOf(entry) : '';
    groups[owner] = [...(groups[owner] ?? []), entry];
  }
  return Object.fromEntries(Object.entries(groups).sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** Content of a file, or names, modes and sizes in a directory; null when nothing is there. */
export function readObserved(dir: string, path: string): string | null {
  try {
    if (!path.endsWith('/')) {
      const text = readFileSync(join(dir, path), 'latin1');
      return withoutChance(MAIN_LOG.test(path) ? logEntries(text).join('\n') : text, dir);
    }
    const lines = readdirSync(join(dir, path))
      .filter((name) => !name.startsWith('.'))
      .map((name) => {
        const { mode, size } = statSync(join(dir, path, name));
        return withoutChance(`${(mode & 0o7777).toString(8)} ${size} ${name}`, dir);
      });
    return lines.sort().join('\n');
  } catch {
    // ENOENT: that it is not there is what there is to see.
    return null;
  }
}
