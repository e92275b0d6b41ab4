import { onExit } from 'signal-exit';
import type { Files } from '../os/files.ts';

export interface PidfileOptions {
  readonly files: Pick<Files, 'write' | 'read' | 'remove'>;
  readonly path: string;
  readonly pid: number;
}

/** Has something done on every way out, death by a signal that can be caught included; it cannot wait for anything. */
export function onWayOut(task: () => void): void {
  onExit(task);
}

/**
 * Writes the pidfile and sees to its removal on every way out, death by a signal that can be caught included.
 * @throws Node's error when it cannot be written
 */
export function keepPidfile({ files, path, pid }: PidfileOptions): void {
  const content = `${pid}\n`;
  files.write(path, content);
  onExit(() => {
    try {
      // Another instance may have written its own meanwhile.
      if (files.read(path) === content) files.remove(path);
    } catch {
      // ENOENT: somebody removed it already. Nothing else can be done on the way out.
    }
  });
}
