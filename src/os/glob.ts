import { existsSync, readdirSync } from 'node:fs';

const MAGIC = /[*?[]/;

/** One path component as a pattern. Source: Python fnmatch.translate. */
function componentPattern(component: string): RegExp {
  let source = '';
  for (let at = 0; at < component.length; at++) {
    const character = component.charAt(at);
    const close = component.indexOf(']', component[at + 1] === '!' ? at + 3 : at + 2);
    if (character === '*') source += '.*';
    else if (character === '?') source += '.';
    else if (character === '[' && close > 0) {
      source += setPattern(component.slice(at + 1, close));
      at = close;
    } else source += character.replace(/[.*+?^${}()|[\]\\/]/, '\\$&');
  }
  // Consecutive stars mean one, and would take exponential time.
  return new RegExp(`^${source.replace(/(\.\*)+/g, '.*')}$`, 's');
}

function setPattern(set: string): string {
  const negated = set.startsWith('!');
  const members = (negated ? set.slice(1) : set).replace(/[\\\]^[]/g, '\\$&');
  return `[${negated ? '^' : ''}${members}]`;
}

function namesIn(directory: string): readonly string[] {
  try {
    return readdirSync(directory === '' ? '.' : directory);
  } catch {
    // Not a directory, or not ours to read: it has no matches.
    return [];
  }
}

function matchesIn(directory: string, component: string): readonly string[] {
  if (!MAGIC.test(component)) return existsSync(directory + component) ? [component] : [];
  const pattern = componentPattern(component);
  const hidden = component.startsWith('.');
  return namesIn(directory).filter((name) => (hidden || !name.startsWith('.')) && pattern.test(name));
}

/** Existing paths that match `* ? [..]`, sorted; a star matches neither a slash nor a leading dot. Source: Python glob. */
export function glob(pattern: string): readonly string[] {
  const root = /^\/+/.exec(pattern)?.[0] ?? '';
  const components = pattern.slice(root.length).split(/\/+/);
  let found: readonly string[] = [root];
  for (const [index, component] of components.entries()) {
    const last = index === components.length - 1;
    found = found.flatMap((base) => matchesIn(base, component).map((name) => (last ? base + name : `${base}${name}/`)));
  }
  return [...found].sort();
}
