import { forEachName, withAdditions } from '../additions.ts';
import { type Command, splitWords } from '../command.ts';
import { renderExplanation } from '../render-explanation.ts';
import { upcheck } from '../upcheck.ts';

const HELP = 'explain <name> [...]\tTell why a process is in its state, and how its last runs went';

export const explainCommand: Command = {
  name: 'explain',
  args: 'processes',
  help: HELP,
  async run(ctl, arg) {
    if (!(await upcheck(ctl))) return;
    const names = splitWords(arg);
    if (names.length === 0) {
      ctl.fail('Error: explain requires a process name');
      ctl.print(HELP);
      return;
    }
    await withAdditions(ctl, 'explain', () =>
      forEachName(
        ctl,
        names,
        (name) => `${name}: ERROR (no such process)`,
        async (name) => {
          for (const line of renderExplanation(await ctl.additions.explain(name))) ctl.print(line);
        },
      ),
    );
  },
};
