import type { Command } from '../command.ts';
import { statusCommand } from './status.ts';

export const openCommand: Command = {
  name: 'open',
  args: 'other',
  help: 'open <url>\tConnect to a remote supervisord process.\n\t\t(for UNIX domain socket, use unix:///socket/path)',
  async run(ctl, arg) {
    if (!/^(unix|http):/i.test(arg)) {
      ctl.fail('ERROR: url must be http:// or unix://');
      return;
    }
    ctl.use({ serverurl: arg });
    const before = ctl.exitStatus;
    await statusCommand.run(ctl, '');
    ctl.exitStatus = before;
  },
};
