import { createCall } from '../client/call.ts';
import { parseServerUrl } from '../client/server-url.ts';
import { supervisorApi } from '../client/supervisor-api.ts';
import { listen } from '../listener/listen.ts';
import type { Command } from './command.ts';
import { type CommandShape, parseCommandLine, renderHelp, UsageError } from './command-line.ts';
import { COMMAND_NAMES, COMMANDS } from './commands.ts';
import { describeError } from './describe-error.ts';
import type { Host } from './host.ts';
import { openTransport } from './open-transport.ts';

/** As superlance's, whose programs end in three ways for what is nearly the same. */
const EXIT = { ok: 0, generic: 1, badOption: 2, badUsage: 255 } as const;

/** Why the program cannot work here; null if it can. */
function findObstacle({ shape, needsServer }: Command, { env }: Host): string | null {
  if (env.SUPERVISOR_SERVER_URL !== undefined) {
    if (!needsServer || parseServerUrl(env.SUPERVISOR_SERVER_URL) !== null) return null;
    return `${shape.name} cannot call ${env.SUPERVISOR_SERVER_URL}: neither an http nor a unix URL`;
  }
  if (env.SUPERVISOR_ENABLED === undefined) return `${shape.name} must be run as a supervisor event listener`;
  return needsServer ? `${shape.name} needs a control server: add [unix_http_server] to the configuration` : null;
}

function complain(shape: CommandShape, host: Host, error: UsageError): number {
  const { name, parser, synopsis } = shape;
  if (parser === 'getopt') {
    host.print(`${error.message}\n${renderHelp(shape)}`);
    return EXIT.badUsage;
  }
  const told = `${name}: error: ${error.message}\n`;
  if (error.kind === 'missing') {
    host.print(renderHelp(shape));
    host.log(told);
    return EXIT.generic;
  }
  host.log(`Usage: ${name} ${synopsis}\n\n${told}`);
  return EXIT.badOption;
}

async function serve(host: Host, command: Command, words: readonly string[]): Promise<number> {
  const given = parseCommandLine(command.shape, words);
  if (given.has('help') || (command.needsWords && words.length === 0)) {
    host.print(renderHelp(command.shape));
    return given.has('help') ? EXIT.ok : EXIT.badUsage;
  }
  const transport = openTransport(host.env);
  const handle = command.create(host, given, supervisorApi(createCall(transport)));
  const obstacle = findObstacle(command, host);
  if (obstacle !== null) {
    host.log(`${obstacle}\n`);
    return EXIT.generic;
  }
  await listen({
    async EVENT(event) {
      try {
        await handle(event);
      } catch (error) {
        // Accepted all the same: a rejected event comes back at once, to fail again.
        host.log(`cannot handle ${event.header.eventName}: ${describeError(error)}\n`);
      } finally {
        // Ticks are further apart than a server keeps a connection.
        transport.close();
      }
    },
  });
  return EXIT.ok;
}

/** Runs one of the programs until the daemon closes its input; gives the exit status. */
export async function runListener(name: string, host: Host): Promise<number> {
  const command = COMMANDS.find(({ shape }) => shape.name === name);
  if (command === undefined) {
    host.log(`cannot run ${name}: the listeners are ${COMMAND_NAMES.join(', ')}\n`);
    return EXIT.generic;
  }
  try {
    return await serve(host, command, host.words);
  } catch (error) {
    if (error instanceof UsageError) return complain(command.shape, host, error);
    throw error;
  }
}
