import type { ProcessInfo } from '../client/supervisor-api.ts';
import type { Completer } from '../os/input.ts';
import type { Controller } from './controller.ts';
import type { Registry } from './registry.ts';

function processWords(infos: readonly ProcessInfo[], word: string): string[] {
  const words = infos.flatMap(({ group, name }) =>
    word.includes(':') || name !== group ? [`${group}:${name}`, `${group}:*`] : [name],
  );
  return [...new Set(words)];
}

/**
 * Completes the word at the end of a line: commands first, then what the command takes. The processes are asked for
 * once a line. Source: supervisor/supervisorctl.py Controller.complete.
 */
export function createCompleter(ctl: Controller, registry: Registry): Completer {
  let known: Promise<readonly ProcessInfo[]> | null = null;

  async function processes(): Promise<readonly ProcessInfo[]> {
    known ??= ctl.server.getAllProcessInfo();
    return known.finally(() => ctl.hangUp());
  }

  async function wordsFor(line: string): Promise<readonly string[]> {
    const words = line.trimStart().split(/\s+/);
    const word = words.at(-1) ?? '';
    const actions = [...registry.keys()].filter((name) => name !== 'EOF');
    if (words.length <= 1) return actions;
    const kind = registry.get(words[0] ?? '')?.args;
    if (kind === 'actions') return actions;
    if (kind === 'groups') return [...new Set((await processes()).map(({ group }) => group))];
    return kind === 'processes' ? processWords(await processes(), word) : [];
  }

  return async (line) => (await wordsFor(line)).map((word) => `${word} `);
}
