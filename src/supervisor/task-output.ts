import type { ProcessConfig } from '../config/config.ts';
import { type ChildPipes, openChildPipes } from '../os/fds.ts';
import type { ChildOutput } from './child-output.ts';
import type { LaunchContext } from './launch-context.ts';
import type { Channel } from './output-stream.ts';

export interface TaskOutput {
  readonly context: LaunchContext;
  readonly config: ProcessConfig;
  readonly output: ChildOutput;
  /** Of log files, AUTO names resolved; null: none. */
  readonly logPaths: Readonly<Record<Channel, string | null>>;
}

/**
 * Opens the pipes of one child, its output going where its configuration says. Our end of stdin is the caller's.
 * @throws the system call's error, with nothing left open
 */
export function openTaskPipes({ context, config, output, logPaths }: TaskOutput): ChildPipes {
  const pipes = openChildPipes(context.native, config.redirect_stderr);
  output.forgetLastLife();
  try {
    output.open({ channel: 'stdout', fd: pipes.stdout, path: logPaths.stdout, process: config });
    if (pipes.stderr !== null) {
      output.open({ channel: 'stderr', fd: pipes.stderr, path: logPaths.stderr, process: config });
    }
  } catch (error) {
    // The pump owns the read ends of streams that were opened; the others are ours to close.
    const owned = output.openCount;
    pipes.closeChildEnds();
    for (const fd of [pipes.stdin, ...[pipes.stdout, pipes.stderr].slice(owned)]) {
      if (fd !== null) context.native.close(fd);
    }
    output.close();
    throw error;
  }
  return pipes;
}
