import { withAdditions } from '../additions.ts';
import { type Command, refuseArguments } from '../command.ts';
import { EXIT } from '../exit-codes.ts';
import { renderError } from '../generic-error.ts';
import { upcheck } from '../upcheck.ts';

/** Docker gives a health check 30 s by default; a daemon that says nothing for this long is not healthy. */
const TIMEOUT_MS = 5_000;

/** Exits 0 or 1 and nothing else: Docker reserves 2. */
export const healthcheckCommand: Command = {
  name: 'healthcheck',
  args: 'none',
  help: "healthcheck\t\tExit with 0 if all is well and with 1 if not, for Docker's HEALTHCHECK",
  async run(ctl, arg) {
    if (refuseArguments(ctl, healthcheckCommand, arg)) return;
    ctl.timeoutMs = TIMEOUT_MS;
    try {
      if (await upcheck(ctl))
        await withAdditions(ctl, 'healthcheck', async () => {
          const { ok, problems } = await ctl.additions.health();
          for (const { name, state, reason } of problems) ctl.print(`${name}: ${state} (${reason})`);
          if (ok) ctl.print('healthy');
          else ctl.fail('unhealthy');
        });
    } catch (error) {
      ctl.fail(renderError(error));
    }
    if (ctl.exitStatus !== EXIT.success) ctl.exitStatus = EXIT.generic;
  },
};
