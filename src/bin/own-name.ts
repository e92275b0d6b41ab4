import { basename } from 'node:path';

/** What this program was started as: its name in syslog. */
export function programName(): string {
  return basename(process.argv[1] ?? 'initvisor').replace(/\.[cm]?[jt]s$/, '');
}

/** Source: no-color.org. */
export function mayColour(env: Readonly<Record<string, string>>): boolean {
  return env.NO_COLOR === undefined || env.NO_COLOR === '';
}
