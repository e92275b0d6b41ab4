import type { ConfigSource } from './source.ts';

/** Part before the last slash, without trailing slashes. Source: posixpath.dirname. */
export function directoryOf(path: string): string {
  const head = path.slice(0, path.lastIndexOf('/') + 1);
  return /^\/*$/.test(head) ? head : head.replace(/\/+$/, '');
}

/** Source: posixpath.join. */
export function joinPath(base: string, path: string): string {
  if (path.startsWith('/') || base === '') return path;
  return base.endsWith('/') ? base + path : `${base}/${path}`;
}

/** Replaces a leading `~` or `~user`; an unknown user leaves the text as it is. Source: posixpath.expanduser. */
export function expandUser(path: string, source: ConfigSource): string {
  if (!path.startsWith('~')) return path;
  const slash = path.indexOf('/');
  const end = slash < 0 ? path.length : slash;
  const home = end === 1 ? source.homeDir : source.homeOf(path.slice(1, end));
  if (home === null) return path;
  return home.replace(/\/+$/, '') + path.slice(end) || '/';
}

/** Absolute, without `.`, `..` and double slashes. Source: posixpath.abspath. */
export function absolutePath(path: string, cwd: string): string {
  const parts: string[] = [];
  for (const part of joinPath(cwd, path).split('/')) {
    if (part === '' || part === '.') continue;
    if (part === '..') parts.pop();
    else parts.push(part);
  }
  return `/${parts.join('/')}`;
}

/** `~` replaced, then made absolute. Source: supervisor/options.py normalize_path. */
export function normalizePath(path: string, source: ConfigSource): string {
  return absolutePath(expandUser(path, source), source.cwd);
}
