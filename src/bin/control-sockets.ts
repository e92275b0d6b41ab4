import type { ServerConfig } from '../config/config.ts';
import { InitvisorError } from '../model/errors.ts';
import type { Log } from '../model/log-level.ts';
import type { Native } from '../os/native.ts';
import type { ListeningSocket } from '../os/sockets.ts';
import { failUsage } from './read-config.ts';

/** Opens the control sockets; one that cannot be had ends the process as upstream's does. */
export async function openControlSockets(
  servers: readonly ServerConfig[],
  native: Native,
  log: Log,
): Promise<readonly ListeningSocket[]> {
  if (servers.length === 0) return [];
  const { openSockets } = await import('../os/sockets.ts');
  try {
    return await openSockets(
      servers.map(({ address }) => address),
      { native, log },
    );
  } catch (error) {
    if (error instanceof InitvisorError) failUsage(error.message);
    throw error;
  }
}
