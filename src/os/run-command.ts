import { spawn } from 'node:child_process';

export interface CommandResult {
  /** Standard output and error together. */
  readonly output: string;
  /** How it failed; null when it ended with 0. */
  readonly failure: string | null;
}

function describeEnd(code: number | null, signal: string | null): string | null {
  if (signal !== null) return `it was ended by ${signal}`;
  return code === 0 ? null : `it ended with status ${code}`;
}

/** Runs a command line in a shell, gives it `input` on stdin and collects what it says. Never throws. */
export function runShellCommand(command: string, input = ''): Promise<CommandResult> {
  return new Promise((resolve) => {
    const child = spawn(command, { shell: true, stdio: 'pipe' });
    let output = '';
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding('utf8').on('data', (data: string) => {
        output += data;
      });
    }
    child.on('error', (error) => resolve({ output, failure: error.message }));
    child.on('close', (code, signal) => resolve({ output, failure: describeEnd(code, signal) }));
    // EPIPE: it does not read; its status tells whether that was right.
    child.stdin.on('error', () => undefined);
    child.stdin.end(input);
  });
}
