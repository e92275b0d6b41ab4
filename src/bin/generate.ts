/** Writes the documents that are drawn from tables; with --check it fails where one is out of date. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { renderOptionsReference } from '../config/render.ts';
import { renderStates } from '../core/render-states.ts';
import { renderMethods } from '../rpc/render-methods.ts';

const root = join(import.meta.dirname, '..', '..');
const DOCUMENTS: Readonly<Record<string, () => string>> = {
  'src/config/OPTIONS.md': renderOptionsReference,
  'src/core/STATES.md': renderStates,
  'src/rpc/METHODS.md': renderMethods,
};

function read(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    // Not there yet: as good as out of date.
    return '';
  }
}

const checking = process.argv.includes('--check');
for (const [name, render] of Object.entries(DOCUMENTS)) {
  const path = join(root, name);
  const text = render();
  if (read(path) === text) continue;
  if (checking) {
    console.error(`${name} is out of date: run npm run generate`);
    process.exitCode = 1;
  } else writeFileSync(path, text);
}
