import { loadNative, type Native } from '../os/native.ts';

/** The addon of this package; its absence ends the process. */
export function loadNativeOrExit(): Native {
  try {
    return loadNative(import.meta.dirname);
  } catch (error) {
    process.stderr.write(`Error: ${error instanceof Error ? error.message : error}\n`);
    process.exit(1);
  }
}

/** This process's environment, as strings only. */
export function ownEnvironment(): Record<string, string> {
  return Object.fromEntries(Object.entries(process.env).map(([name, value]) => [name, value ?? '']));
}
