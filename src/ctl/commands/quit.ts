import type { Command } from '../command.ts';

function leaving(name: 'quit' | 'exit' | 'EOF', help: string): Command {
  return {
    name,
    args: 'none',
    help,
    async run(ctl) {
      ctl.print('');
      return 'leave';
    },
  };
}

export const quitCommand = leaving('quit', 'quit\tExit the supervisor shell.');
export const exitCommand = leaving('exit', 'exit\tExit the supervisor shell.');
/** What the end of the input stands for. */
export const endCommand = leaving('EOF', 'To quit, type ^D or use the quit command');
