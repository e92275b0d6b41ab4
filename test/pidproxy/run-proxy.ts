/** Runs pidproxy, ours or the real one, in a directory of its own. */
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { ROOT } from '../support/daemon.ts';
import { type ProgramOptions, type RunningProgram, startProgram } from '../support/run-program.ts';

export const PIDPROXY = join(ROOT, 'dist', 'pidproxy.cjs');
export const OURS = [process.execPath, PIDPROXY] as const;
export const UPSTREAM = ['/usr/bin/pidproxy'] as const;

export interface ProxyOptions extends Pick<ProgramOptions, 'prepare' | 'env'> {
  readonly program?: readonly string[];
  readonly args: readonly string[];
}

/** Starts it; whatever it started dies with the test. */
export function startProxy(t: TestContext, { program = OURS, args, ...options }: ProxyOptions): RunningProgram {
  return startProgram(t, { words: [...program, ...args], ...options });
}
