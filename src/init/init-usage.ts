import { renderInitFlags } from './command-line.ts';

export const INIT_USAGE = 'Usage: initvisor [flags] -- COMMAND ARG…';

/** Help for init mode. */
export function renderInitHelp(): string {
  return [
    `${INIT_USAGE}   run one command as an init does`,
    '',
    'Hands on every signal and the terminal, reaps orphans, and exits with the status of the command: its own, 128 + n after',
    'signal n, 127 when it is not found, 126 when it may not be executed, 1 when the command line is wrong.',
    '',
    'Flags:',
    renderInitFlags(),
    '',
    'Environment: TINI_SUBREAPER (-s) and TINI_KILL_PROCESS_GROUP (-g) by being set, TINI_VERBOSITY=0…3, DUMB_INIT_SETSID=0 (-c),',
    'DUMB_INIT_DEBUG=1 (-vv).',
    '',
  ].join('\n');
}
