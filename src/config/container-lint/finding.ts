import type { Config, ProcessConfig } from '../config.ts';
import type { ConfigDocument } from '../document.ts';
import type { ConfigSource } from '../source.ts';
import type { Command } from './command.ts';

/** What is said of one place: a warning, a note (only good to know, or nobody can tell), or nothing. */
export type Found = string | { readonly note: string } | null;

/** Something that goes wrong in containers, at the option that brings it about. */
export interface Finding {
  readonly section: string;
  readonly key: string;
  /** What goes wrong, and what to write instead. */
  readonly found: NonNullable<Found>;
}

/** What this folder may not decide by itself. */
export interface LintTools {
  /** The daemon's own splitter. */
  readonly splitCommand: (command: string) => { readonly words: readonly string[] } | { readonly problem: string };
  /** Whether a log path means the container's stdout or stderr. */
  readonly isOwnOutput: (path: string) => boolean;
  /** What is wrong with the time that stopping everything may take; null: nothing is. */
  readonly findOverspending: (config: Config, isWritten: (section: string, key: string) => boolean) => Finding | null;
}

export interface LintContext extends LintTools {
  readonly config: Config;
  readonly document: ConfigDocument;
  readonly source: ConfigSource;
}

/** One section's program: its first process stands for all. */
export interface LintedProgram {
  readonly process: ProcessConfig;
  readonly command: Command;
}

/** One thing to look for: at each program's section, or at the configuration as a whole. */
export type Lint =
  | {
      /** Option that it is told at. */
      readonly key: string;
      readonly findInProgram: (program: LintedProgram, context: LintContext) => Found;
    }
  | { readonly find: (context: LintContext) => readonly Finding[] };
