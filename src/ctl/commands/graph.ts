import { withAdditions } from '../additions.ts';
import type { Command } from '../command.ts';
import { renderDot, renderGraph } from '../render-graph.ts';
import { upcheck } from '../upcheck.ts';

const HELP = `graph\t\t\tShow what depends on what, and which of it is there
graph --dot\t\tThe same for Graphviz`;

const DOT = '--dot';

export const graphCommand: Command = {
  name: 'graph',
  args: 'other',
  help: HELP,
  async run(ctl, arg) {
    if (!(await upcheck(ctl))) return;
    if (arg !== '' && arg !== DOT) {
      ctl.fail(`Error: graph takes ${DOT} or nothing`);
      ctl.print(HELP);
      return;
    }
    await withAdditions(ctl, 'graph', async () => {
      const nodes = await ctl.additions.graph();
      for (const line of arg === DOT ? renderDot(nodes) : renderGraph(nodes)) ctl.print(line);
    });
  },
};
