import type { BundleName } from './bundle-file.ts';

/** Programs whose command line is init mode's, with or without `--`. */
const INIT_NAMES: ReadonlySet<string> = new Set(['tini', 'dumb-init']);

/** Whether a command comes after `--`, with nothing but flags and their values before it: what the command is called does not count. */
function isInitMode(words: readonly string[]): boolean {
  return words.includes('--') && words[0]?.startsWith('-') === true;
}

/**
 * Which program it is. The name it was started under decides; another one (a link of somebody's own) leaves it to the file in
 * dist/.
 */
export function chooseBundle(startedAs: string, file: string, words: readonly string[]): BundleName {
  if (startedAs === 'supervisorctl') return 'initvisorctl';
  if (startedAs === 'supervisord' || startedAs === 'echo_supervisord_conf') return 'initvisor';
  if (file === 'initvisorctl.cjs') return 'initvisorctl';
  return INIT_NAMES.has(startedAs) || isInitMode(words) ? 'init-mode' : 'initvisor';
}
