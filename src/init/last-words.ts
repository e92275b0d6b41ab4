import type { Log } from '../model/log-level.ts';
import { pauseMs } from '../os/clock.ts';
import { isSystemError } from '../os/fds.ts';
import type { Files } from '../os/files.ts';
import type { Native } from '../os/native.ts';
import { ownDescendants, renderProcesses } from '../os/process-table.ts';
import { type Culprit, renderExitMessage } from './exit-message.ts';
import { DEFAULT_TERMINATION_LOG, renderTerminationMessage } from './termination-log.ts';

const SIGKILL = 9;
/** Milliseconds for logs to be written out; a stdout that nobody reads gets no more. */
const FLUSH_MS = 500;
/** Half a second at most: one that the kernel does not let go of, or that is not ours to kill, is left. */
const KILL_ROUNDS = 100;
const KILL_PAUSE_MS = 5;
/** Of each stream of the program that ended the container. */
const OUTPUT_BYTES = 4096;

export interface EndContext {
  readonly native: Pick<Native, 'kill' | 'hasChildren' | 'pumpFlush'>;
  readonly files: Pick<Files, 'exists' | 'write'>;
  readonly log: Log;
  /** Path from the configuration, null for Kubernetes' own where it exists. */
  readonly terminationLog: string | null;
  /** The newest output of a program. */
  readonly outputOf: (id: string, bytes: number) => string;
}

/** What is done when all programs are down: nobody stays behind, logs are written out, and it is told why. */
export function endAll(context: EndContext, culprit: Culprit, exitStatus: number): void {
  killSurvivors(context);
  context.native.pumpFlush(FLUSH_MS);
  if (!writeTerminationLog(context, culprit, exitStatus)) context.native.pumpFlush(FLUSH_MS);
}

/** Whoever is left and descends from this process; what starts others all the time takes a few rounds. */
function killSurvivors({ native, log }: EndContext): void {
  const named = new Set<number>();
  for (let round = 0; round < KILL_ROUNDS; round++) {
    const left = ownDescendants(native) ?? [];
    if (left.length === 0) return;
    const unnamed = left.filter(({ pid }) => !named.has(pid));
    if (unnamed.length > 0) log('warn', `killing what programs left behind: ${renderProcesses(unnamed)}`);
    for (const { pid } of unnamed) named.add(pid);
    const killed = left.filter(({ pid }) => native.kill(pid, SIGKILL) !== 'EPERM');
    // Another user's, and we are not root.
    if (killed.length === 0) return;
    pauseMs(KILL_PAUSE_MS);
  }
}

/** False when there was something to say in the main log. */
function writeTerminationLog(context: EndContext, culprit: Culprit, exitStatus: number): boolean {
  const path = context.terminationLog ?? DEFAULT_TERMINATION_LOG;
  if (context.terminationLog === null && !context.files.exists(path)) return true;
  const output = culprit.kind === 'requested' ? '' : context.outputOf(culprit.id, OUTPUT_BYTES);
  try {
    context.files.write(path, renderTerminationMessage(renderExitMessage(culprit, exitStatus), output));
    return true;
  } catch (error) {
    const reason = isSystemError(error) ? error.code : String(error);
    context.log('warn', `cannot write the termination log ${path}: ${reason}`);
    return false;
  }
}
