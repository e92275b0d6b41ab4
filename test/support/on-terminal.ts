import type { TestContext } from 'node:test';
import { type ProgramOptions, type RunningProgram, startProgram } from './run-program.ts';
import { waitFor } from './wait-for.ts';

/** Ctrl-C, Ctrl-D and Ctrl-Z. */
export const CTRL_C = '\x03';
export const CTRL_D = '\x04';
export const CTRL_Z = '\x1a';

/** Between two presses of a key that whoever should have it may not have been there to get. */
const AGAIN_MS = 1000;

export interface OnTerminal extends RunningProgram {
  /** Types, and waits for what appears on the screen after that; a key of control is pressed again until then. */
  press(keys: string, seen: RegExp): Promise<void>;
}

/** Runs a command line of sh, the leader of a session with a terminal of its own, which util-linux's script(1) makes. */
export function startOnTerminal(t: TestContext, command: string, options: Omit<ProgramOptions, 'words'>): OnTerminal {
  const program = startProgram(t, { words: ['script', '-qec', command, '/dev/null'], ...options, stdin: true });
  return {
    ...program,
    async press(keys, seen) {
      const before = program.stdout().length;
      const screen = () => program.stdout().slice(before);
      let pressedAt = -Infinity;
      await waitFor(
        () => {
          const isDue = keys < ' ' ? performance.now() - pressedAt > AGAIN_MS : pressedAt < 0;
          if (isDue && keys !== '') program.child.stdin?.write(keys);
          if (isDue) pressedAt = performance.now();
          return seen.test(screen()) || (keys === '' && seen.test(program.stdout()));
        },
        `${seen} after ${JSON.stringify(keys)}`,
        undefined,
        () => JSON.stringify(screen()),
      );
    },
  };
}
