import type { Command } from '../command.ts';
import { renderTopics } from '../format.ts';

export interface HelpTopics {
  /** Commands that supervisorctl has too. */
  readonly upstream: readonly Command[];
  readonly own: readonly Command[];
}

const HELP = 'help\t\tPrint a list of available actions\nhelp <action>\tPrint help for <action>';

/** Flags that initvisor adds to commands of supervisorctl, whose own help stays as scripts know it. */
const FLAGS_TOPIC = 'flags';
const FLAGS_HELP = `status --json\t\tProcess information as JSON
update --plan\t\tTell what update would do, and do nothing
restart --rolling <name>\tRestart one process after the other, each when the one before runs`;

function byName(a: string, b: string): number {
  return a < b ? -1 : 1;
}

function renderList({ upstream, own }: HelpTopics): string {
  const names = (commands: readonly Command[]): string[] => commands.map(({ name }) => name).sort(byName);
  return [
    '',
    ...renderTopics('default commands (type help <topic>):', names(upstream)),
    ...renderTopics('initvisor commands (type help <topic>):', [...names(own), FLAGS_TOPIC].sort(byName)),
  ].join('\n');
}

export function helpCommand(topics: HelpTopics): Command {
  return {
    name: 'help',
    args: 'actions',
    help: HELP,
    async run(ctl, arg) {
      const known = [...topics.upstream, ...topics.own].find(({ name }) => name === arg);
      if (arg === '') ctl.print(renderList(topics));
      else if (arg === 'help') ctl.print(HELP);
      else if (arg === FLAGS_TOPIC) ctl.print(FLAGS_HELP);
      else ctl.print(known?.help ?? `*** No help on ${arg}`);
    },
  };
}
