import type { Command } from '../command.ts';
import { EXIT } from '../exit-codes.ts';

const HELP = 'completion <shell>\tPrint the completion script for bash, zsh or fish';

/** Gives the script for a shell, null for one that nobody knows. */
export type RenderCompletion = (shell: string) => string | null;

/** The scripts name every command, this one too, so they come in from where all are known. */
export function completionCommand(render: RenderCompletion): Command {
  return {
    name: 'completion',
    args: 'shells',
    help: HELP,
    async run(ctl, arg) {
      const script = render(arg);
      if (script !== null) {
        ctl.host.write(script);
        return;
      }
      ctl.fail('Error: completion requires a shell: bash, zsh or fish', EXIT.invalidArguments);
      ctl.print(HELP);
    },
  };
}
