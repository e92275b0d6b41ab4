import { directoryOf, joinPath } from './paths.ts';
import type { ConfigSource } from './source.ts';

// Ours first in each place, so that an image may carry both.
const NAMES = ['initvisor.conf', 'supervisord.conf'] as const;

export type FoundConfig =
  | { readonly found: true; readonly path: string }
  | { readonly found: false; readonly searched: readonly string[] };

/**
 * Looks for a configuration file in the default places; `argv0` is the name that the program was started under.
 * Source: supervisor/options.py Options.__init__.
 */
export function findConfigFile(source: ConfigSource, argv0: string): FoundConfig {
  const prefix = directoryOf(directoryOf(argv0));
  const places = [joinPath(prefix, 'etc'), prefix, '', 'etc', '/etc', '/etc/supervisor'];
  const searched = places.flatMap((place) => NAMES.map((name) => joinPath(place, name)));
  const path = searched.find((candidate) => source.exists(candidate));
  return path === undefined ? { found: false, searched } : { found: true, path };
}

/** Supervisor's message for a search that found nothing. */
export function renderNotFound(searched: readonly string[]): string {
  return `No config file found at default paths (${searched.join(', ')}); use the -c option to specify a config file at a different path`;
}
