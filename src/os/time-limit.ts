import { Script } from 'node:vm';

const TASK = Symbol.for('initvisor.limited-task');

/**
 * Runs a task that may take for ever, as a regular expression may, and ends it after so many milliseconds. Nothing else
 * runs meanwhile. Returns whether it came to its end; what it throws is thrown on.
 */
export function runWithin(limitMs: number, task: () => void): boolean {
  // V8 can only be told to stop a script, which shares nothing with its caller but the global object.
  const script = new Script(`globalThis[Symbol.for('${Symbol.keyFor(TASK)}')]()`);
  Reflect.set(globalThis, TASK, task);
  try {
    script.runInThisContext({ timeout: limitMs });
    return true;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ERR_SCRIPT_EXECUTION_TIMEOUT') return false;
    throw error;
  } finally {
    Reflect.deleteProperty(globalThis, TASK);
  }
}
