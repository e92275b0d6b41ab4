import { INITVISOR } from './daemon.ts';
import { missing, type Requirement } from './requirements.ts';

/** A program that runs one command as an init does. */
export interface Init {
  readonly name: 'initvisor' | 'tini' | 'dumb-init';
  /** What comes before its flags; tini needs a flag to adopt orphans when it is not PID 1. */
  readonly words: readonly string[];
  readonly skip: string | false;
}

const upstream = (name: 'tini' | 'dumb-init', ...flags: readonly string[]): Init => ({
  name,
  words: [`/usr/bin/${name}`, ...flags],
  skip: missing(name satisfies Requirement),
});

export const OURS: Init = { name: 'initvisor', words: [process.execPath, INITVISOR], skip: false };
export const TINI: Init = upstream('tini', '-s');
export const DUMB_INIT: Init = upstream('dumb-init');
export const INITS: readonly Init[] = [OURS, TINI, DUMB_INIT];

/** The command line of an init with flags and a command. */
export const runWith = ({ words }: Init, command: readonly string[], ...flags: readonly string[]): string[] => [
  ...words,
  ...flags,
  '--',
  ...command,
];
