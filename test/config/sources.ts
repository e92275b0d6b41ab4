import { readFileSync } from 'node:fs';
import type { Config } from '../../src/config/config.ts';
import type { DaemonFlags } from '../../src/config/flags.ts';
import { type LoadResult, loadConfig } from '../../src/config/parse.ts';
import type { ConfigSource, UserAccount } from '../../src/config/source.ts';
import { createConfigSource } from '../../src/os/config-source.ts';

export const NO_FLAGS: DaemonFlags = { action: 'run', configuration: null, strict: false, overrides: [] };

const USERS: readonly (UserAccount & { readonly home: string })[] = [
  { name: 'root', uid: 0, gid: 0, home: '/root' },
  { name: 'app', uid: 1000, gid: 1001, home: '/home/app' },
];

/** A system in memory: files by path, a directory for each path that one of them or `directories` needs. */
export function memorySource(
  files: Readonly<Record<string, string | Uint8Array>>,
  given: Partial<ConfigSource> & { readonly directories?: readonly string[] } = {},
): ConfigSource {
  const directories = new Set(['/', '/tmp', '/var/log', '/dev', ...(given.directories ?? [])]);
  for (const path of Object.keys(files)) directories.add(path.slice(0, path.lastIndexOf('/')) || '/');
  const resolve = (path: string) => (path.startsWith('/') ? path : `/work/${path}`);
  const readFile = (path: string) => {
    const text = files[resolve(path)];
    if (text === undefined) throw Object.assign(new Error(`cannot open ${path}`), { code: 'EACCES' });
    return typeof text === 'string' ? new TextEncoder().encode(text) : text;
  };
  const glob = (pattern: string) => {
    const escaped = pattern
      .replace(/[.+^${}()|\\]/g, '\\$&')
      .replaceAll('*', '[^/]*')
      .replaceAll('?', '[^/]');
    return Object.keys(files)
      .filter((path) => new RegExp(`^${escaped}$`).test(path))
      .sort();
  };
  return {
    readFile,
    glob,
    isDirectory: (path) => directories.has(path.replace(/(?<=.)\/$/, '')),
    exists: (path) => resolve(path) in files,
    env: {},
    cwd: '/work',
    hostName: 'box',
    cpus: 3,
    tempDir: '/tmp',
    uid: 0,
    homeDir: '/root',
    userByName: (name) => USERS.find((user) => user.name === name) ?? null,
    userByUid: (uid) => USERS.find((user) => user.uid === uid) ?? null,
    gidByName: (name) => ({ root: 0, staff: 50 })[name] ?? null,
    groupExists: (gid) => gid === 0 || gid === 50,
    homeOf: (name) => USERS.find((user) => user.name === name)?.home ?? null,
    ...given,
  };
}

/** Loads one file from memory; [supervisord] is put before it where it has none. */
export function loadText(text: string, given: Parameters<typeof memorySource>[1] = {}, strict = false): LoadResult {
  const whole = text.includes('[supervisord]') ? text : `${text}\n[supervisord]\n`;
  return loadConfig(memorySource({ '/etc/s.conf': whole }, given), { path: '/etc/s.conf', flags: NO_FLAGS, strict });
}

/** The configuration, or a failed test that prints every problem. */
export function requireConfig(result: LoadResult): Config {
  if (!result.ok) throw new Error(JSON.stringify(result.problems, null, 1));
  return result.config;
}

function database(path: string): readonly (readonly string[])[] {
  return readFileSync(path, 'utf8')
    .split('\n')
    .map((line) => line.split(':'));
}

const account = ([name = '', , uid, gid, , home = '', shell = '']: readonly string[]) => ({
  ...{ name, uid: Number(uid), gid: Number(gid), home, shell },
});

/** The real system with users read from /etc/passwd and /etc/group. */
export function systemSource(env: Readonly<Record<string, string>>): ConfigSource {
  const users = database('/etc/passwd').filter((row) => row.length > 6);
  const groups = database('/etc/group').filter((row) => row.length > 3);
  const find = (rows: readonly (readonly string[])[], column: number, value: string) =>
    rows.find((row) => row[column] === value) ?? null;
  const user = (row: readonly string[] | null) => (row === null ? null : account(row));
  const native = {
    userByName: (name: string) => user(find(users, 0, name)),
    userByUid: (uid: number) => user(find(users, 2, String(uid))),
    gidByName: (name: string) => {
      const row = find(groups, 0, name);
      return row === null ? null : Number(row[2]);
    },
    groupExists: (gid: number) => find(groups, 2, String(gid)) !== null,
  };
  return createConfigSource(native, { env, cwd: process.cwd(), uid: process.getuid?.() ?? 0 });
}
