import type { Config } from '../config/config.ts';
import type { LogMessage } from '../model/log-level.ts';

const DEFAULT_RESULT_HANDLER = 'supervisor.dispatchers:default_handler';

/** What the file asks for and this version does not do, one warning each. */
export function unsupportedYet(config: Config): LogMessage[] {
  const listeners = config.groups
    .filter(({ listener }) => listener !== null && listener.result_handler !== DEFAULT_RESULT_HANDLER)
    .map(({ name, listener }) => {
      const why = 'only the default handler exists here, and it is used';
      return `[eventlistener:${name}] result_handler=${listener?.result_handler}: ${why}`;
    });
  const lines = new Set(listeners);
  return [...lines].map((text) => ({ level: 'warn', text }));
}
