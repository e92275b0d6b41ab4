import type { Controller } from './controller.ts';

/** What the words after a command are, for completion. */
export type ArgumentKind = 'none' | 'processes' | 'groups' | 'actions' | 'shells' | 'other';

export interface Command {
  readonly name: string;
  readonly args: ArgumentKind;
  /** Printed by `help NAME`. */
  readonly help: string;
  /** `leave` ends the shell. Whatever it throws is printed as a generic error. */
  run(ctl: Controller, arg: string): Promise<'leave' | undefined>;
}

/** Words of an argument. Source: Python str.split. */
export function splitWords(arg: string): string[] {
  return arg.split(/\s+/).filter((word) => word !== '');
}

/** Complains about arguments of a command that takes none; true when there were any. */
export function refuseArguments(ctl: Controller, command: Pick<Command, 'name' | 'help'>, arg: string): boolean {
  if (arg === '') return false;
  ctl.fail(`Error: ${command.name} accepts no arguments`);
  ctl.print(command.help);
  return true;
}
