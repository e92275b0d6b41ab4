import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before } from 'node:test';
import { ROOT } from './daemon.ts';

const SOURCE = join(ROOT, 'test', 'fixtures', 'signal-recorder.c');

/**
 * For a test file: a command that tells each signal it gets as `NAME=NUMBER`, after `NAME is ready`, as one process in one group
 * for each name; nothing but SIGKILL ends it.
 */
export function useRecorder(): (...names: readonly string[]) => string[] {
  let folder = '';
  before(() => {
    folder = mkdtempSync(join(tmpdir(), 'initvisor-recorder-'));
    execFileSync(process.env.CC || 'cc', ['-Wall', '-o', join(folder, 'recorder'), SOURCE]);
  });
  after(() => rmSync(folder, { recursive: true, force: true }));
  return (...names) => [join(folder, 'recorder'), ...names];
}

/** All that it can tell. */
export const RECORDED_SIGNALS: readonly number[] = Array.from({ length: 64 }, (_, index) => index + 1).filter(
  (signal) => ![9, 17, 19, 32, 33].includes(signal),
);
